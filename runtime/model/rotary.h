#pragma once

#include <torch/torch.h>

#include <cstdint>

namespace nam56r::runtime {

/// Rotary position embedding (arXiv:2104.09864, equation 34) over neighbouring pairs, as
/// DeepSeek-V3 pairs them: (x[2i], x[2i+1]) at position t turns by t * base^(-2i / dim).
class Rotary {
 public:
  /// |dim| is even.
  Rotary(std::int64_t dim, double base);
  /// |x| is [batch, sequence, heads, dim]; positions count from 0.
  torch::Tensor Apply(const torch::Tensor& x);

 private:
  std::int64_t dim_;
  double base_;
  torch::Tensor turns_;  ///< complex [1, sequence, 1, dim / 2] of the last length and type seen
};

}  // namespace nam56r::runtime
