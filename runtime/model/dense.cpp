#include "runtime/model/dense.h"

#include <tuple>
#include <utility>

#include "runtime/model/output_std.h"

namespace nam56r::runtime {
namespace {

/// w1 [f, h] and w2 [h, f], registered in |owner|.
std::pair<torch::Tensor, torch::Tensor> RegisterWeights(torch::nn::Module& owner,
                                                        const recipe::Recipe& recipe,
                                                        std::int64_t ffn_hidden_size,
                                                        const std::string& global_prefix,
                                                        const Initializer& initializer) {
  const std::int64_t h = recipe.model.hidden_size;
  return {
      owner.register_parameter("w1", initializer.Normal(global_prefix + ".w1", {ffn_hidden_size, h},
                                                        recipe.model.init_std)),
      owner.register_parameter("w2", initializer.Normal(global_prefix + ".w2", {h, ffn_hidden_size},
                                                        OutputProjectionStd(recipe)))};
}

torch::Tensor Apply(const torch::Tensor& x, const torch::Tensor& w1, const torch::Tensor& w2) {
  return torch::linear(torch::gelu(torch::linear(x, w1)), w2);
}

}  // namespace

GeluNetwork::GeluNetwork(const recipe::Recipe& recipe, std::int64_t ffn_hidden_size,
                         const std::string& global_prefix, const Initializer& initializer) {
  std::tie(w1_, w2_) = RegisterWeights(*this, recipe, ffn_hidden_size, global_prefix, initializer);
}

torch::Tensor GeluNetwork::Forward(const torch::Tensor& x) const { return Apply(x, w1_, w2_); }

DenseLayer::DenseLayer(const recipe::Recipe& recipe, const std::string& global_prefix,
                       const Initializer& initializer) {
  norm_ = register_module(
      "norm", std::make_shared<RmsNormLayer>(recipe.model.hidden_size, recipe.model.norm_epsilon));
  std::tie(w1_, w2_) =
      RegisterWeights(*this, recipe, recipe.dense.ffn_hidden_size, global_prefix, initializer);
}

torch::Tensor DenseLayer::Forward(const torch::Tensor& x, ForwardRecord&) {
  return x + Apply(norm_->Forward(x), w1_, w2_);
}

}  // namespace nam56r::runtime
