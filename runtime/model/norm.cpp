#include "runtime/model/norm.h"

namespace nam56r::runtime {

torch::Tensor RmsNorm(const torch::Tensor& x, const torch::Tensor& weight, double epsilon) {
  const torch::Tensor scale = torch::rsqrt(x.square().mean(-1, /*keepdim=*/true) + epsilon);
  return x * scale * weight;
}

RmsNormLayer::RmsNormLayer(std::int64_t size, double epsilon) : epsilon_(epsilon) {
  weight_ = register_parameter("weight", torch::ones({size}));
}

torch::Tensor RmsNormLayer::Forward(const torch::Tensor& x) const {
  return RmsNorm(x, weight_, epsilon_);
}

}  // namespace nam56r::runtime
