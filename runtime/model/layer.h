#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <string>
#include <vector>

namespace nam56r::runtime {

/// What a forward pass collects beside its output.
struct ForwardRecord {
  /// Auxiliary losses of the E slots, each already multiplied by its coefficient; scalars with
  /// gradient.
  std::vector<torch::Tensor> auxiliary_losses;
};

/// One slot: x + mixer(norm(x)). |x| is [batch, sequence, hidden]; so is the answer.
class Layer : public torch::nn::Module {
 public:
  virtual torch::Tensor Forward(const torch::Tensor& x, ForwardRecord& record) = 0;
};

}  // namespace nam56r::runtime
