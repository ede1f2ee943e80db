#include "runtime/model/dense.h"

#include "runtime/model/output_std.h"

namespace nam56r::runtime {

GeluNetwork::GeluNetwork(const recipe::Recipe& recipe, std::int64_t ffn_hidden_size,
                         const std::string& global_prefix, const Initializer& initializer) {
  const std::int64_t h = recipe.model.hidden_size;
  w1_ = register_parameter("w1", initializer.Normal(global_prefix + ".w1", {ffn_hidden_size, h},
                                                    recipe.model.init_std));
  w2_ = register_parameter("w2", initializer.Normal(global_prefix + ".w2", {h, ffn_hidden_size},
                                                    OutputProjectionStd(recipe)));
}

torch::Tensor GeluNetwork::Forward(const torch::Tensor& x) const {
  return torch::linear(torch::gelu(torch::linear(x, w1_)), w2_);
}

DenseLayer::DenseLayer(const recipe::Recipe& recipe, const std::string& global_prefix,
                       const Initializer& initializer) {
  norm_ = register_module(
      "norm", std::make_shared<RmsNormLayer>(recipe.model.hidden_size, recipe.model.norm_epsilon));
  ffn_ = register_module("ffn",
                         std::make_shared<GeluNetwork>(recipe, recipe.dense.ffn_hidden_size,
                                                       global_prefix + ".ffn", initializer));
}

torch::Tensor DenseLayer::Forward(const torch::Tensor& x, ForwardRecord&) {
  return x + ffn_->Forward(norm_->Forward(x));
}

}  // namespace nam56r::runtime
