#include "runtime/model/rotary.h"

#include <cmath>
#include <stdexcept>

namespace nam56r::runtime {

Rotary::Rotary(std::int64_t dim, double base) : dim_(dim), base_(base) {
  if (dim <= 0 || dim % 2 != 0) throw std::logic_error("Rotary: the dimension is not even");
}

torch::Tensor Rotary::Apply(const torch::Tensor& x) {
  const std::int64_t sequence = x.size(1);
  const auto type = c10::toComplexType(x.scalar_type());
  if (!turns_.defined() || turns_.size(1) < sequence || turns_.scalar_type() != type ||
      turns_.device() != x.device()) {
    const torch::NoGradGuard no_grad;
    // Angles in double: at position 4096 fp32 would already lose three digits of the turn.
    const auto exact = torch::TensorOptions().dtype(torch::kDouble);
    const torch::Tensor rates = torch::exp(torch::arange(0, dim_, 2, exact) *
                                           (-std::log(base_) / static_cast<double>(dim_)));
    const torch::Tensor angles = torch::outer(torch::arange(sequence, exact), rates);
    turns_ = torch::polar(torch::ones_like(angles), angles)
                 .to(type)
                 .to(x.device())
                 .view({1, sequence, 1, dim_ / 2});
  }
  const torch::Tensor pairs =
      torch::view_as_complex(x.reshape({x.size(0), sequence, x.size(2), dim_ / 2, 2}).contiguous());
  return torch::view_as_real(pairs * turns_.narrow(1, 0, sequence)).flatten(3);
}

}  // namespace nam56r::runtime
