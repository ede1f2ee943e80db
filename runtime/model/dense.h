#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "runtime/model/init.h"
#include "runtime/model/layer.h"
#include "runtime/model/norm.h"
#include "src/recipe/recipe.h"

namespace nam56r::runtime {

/// w2 gelu(w1 x): two matrices, no gate, no bias; exact (erf) GELU. Parameters w1 [f, h], w2 [h,
/// f].
class GeluNetwork final : public torch::nn::Module {
 public:
  GeluNetwork(const recipe::Recipe& recipe, std::int64_t ffn_hidden_size,
              const std::string& global_prefix, const Initializer& initializer);
  torch::Tensor Forward(const torch::Tensor& x) const;

 private:
  torch::Tensor w1_, w2_;
};

/// F: x + w2 gelu(w1 norm(x)). Parameters norm.weight [h], w1 [f, h], w2 [h, f].
class DenseLayer final : public Layer {
 public:
  DenseLayer(const recipe::Recipe& recipe, const std::string& global_prefix,
             const Initializer& initializer);
  torch::Tensor Forward(const torch::Tensor& x, ForwardRecord& record) override;

 private:
  std::shared_ptr<RmsNormLayer> norm_;
  torch::Tensor w1_, w2_;
};

}  // namespace nam56r::runtime
