#pragma once

#include <torch/torch.h>

#include <cstdint>

#include "runtime/train/flat_parameters.h"
#include "src/policy/policy.h"

namespace nam56r::runtime {

/// Adam with decoupled weight decay (arXiv:1711.05101, algorithm 2, with the decay multiplied by
/// the learning rate as everywhere in practice) and bias correction, over the flat buffers of one
/// rank. State: two more fp32 buffers.
class AdamW {
 public:
  /// Reads weight_decay, beta1, beta2 and epsilon. |parameters| outlive the optimizer.
  AdamW(FlatParameters& parameters, const policy::Optimizer& options);

  /// One update with learning rate |lr| from the gradients times |gradient_scale| (which clips).
  void Step(double lr, double gradient_scale = 1.0);
  std::int64_t steps() const { return steps_; }
  void set_steps(std::int64_t steps) { steps_ = steps; }
  /// Laid out as the parameters' values; the buffers themselves.
  torch::Tensor& first_moment() { return first_moment_; }
  torch::Tensor& second_moment() { return second_moment_; }

 private:
  FlatParameters& parameters_;
  policy::Optimizer options_;
  torch::Tensor first_moment_;
  torch::Tensor second_moment_;
  torch::Tensor scratch_;
  std::int64_t steps_ = 0;
};

}  // namespace nam56r::runtime
