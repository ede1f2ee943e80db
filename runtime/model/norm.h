#pragma once

#include <torch/torch.h>

#include <cstdint>

namespace nam56r::runtime {

/// x / sqrt(mean(x^2) + epsilon) * weight over the last dimension (arXiv:1910.07467). |weight| is
/// [size of the last dimension].
torch::Tensor RmsNorm(const torch::Tensor& x, const torch::Tensor& weight, double epsilon);

/// RmsNorm with its weight, registered as "weight", initially ones.
class RmsNormLayer : public torch::nn::Module {
 public:
  RmsNormLayer(std::int64_t size, double epsilon);
  torch::Tensor Forward(const torch::Tensor& x) const;

 private:
  torch::Tensor weight_;
  double epsilon_;
};

}  // namespace nam56r::runtime
