#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "runtime/model/dense.h"
#include "runtime/model/exchange.h"
#include "runtime/model/init.h"
#include "runtime/model/layer.h"
#include "runtime/model/norm.h"
#include "src/recipe/recipe.h"

namespace nam56r::runtime {

/// The experts that one rank of the expert-parallel group holds, stacked: w1 [local, f, h],
/// w2 [local, h, f]. Local expert i is expert rank * local + i of the model, and starts from the
/// values that this number gives it.
class LocalExperts final : public torch::nn::Module {
 public:
  LocalExperts(const recipe::Recipe& recipe, const std::string& global_prefix,
               const Initializer& initializer, std::int64_t first, std::int64_t count);
  /// |rows| [n, h], counts[i] of them for local expert i, in order.
  torch::Tensor Forward(const torch::Tensor& rows, const std::vector<std::int64_t>& counts) const;

 private:
  torch::Tensor w1_, w2_;
};

/// Where the tokens of one micro-batch go.
struct Routing {
  torch::Tensor experts;         ///< int64 [tokens, k]
  torch::Tensor weights;         ///< [tokens, k], with gradient
  torch::Tensor auxiliary_loss;  ///< scalar with gradient, coefficient included; undefined if 0
};

/// Top-k selection (DeepSeek-V3, arXiv:2412.19437, section 2.1.2, equations 12 to 16): scores are
/// sigmoid or softmax of the logits, in fp32 or wider; the k experts with the largest score + bias
/// are selected; their weights are their scores, without the bias, divided by the sum of the
/// selected scores. (For softmax that is the softmax over the selected logits, Megatron-LM's
/// default.) With k = 1 the weight is the score itself, since normalised it would have no gradient.
///
/// The auxiliary loss is Megatron-LM's `aux_loss` (moe_utils.py, switch_load_balancing_loss_func
/// and compute_routing_scores_for_aux_loss) over the given tokens:
///     coefficient * E / (k T^2) * sum_e (tokens of e) * (sum over tokens of normalised score e)
/// where the tokens of e are counted without the selection bias.
Routing Route(const torch::Tensor& logits, const torch::Tensor& bias, const recipe::Moe& moe);

/// E: x + sum over the selected experts of weight * expert(norm(x)) + shared(norm(x)). Dropless:
/// every selected expert sees every one of its tokens, on whichever rank it lives.
///
/// Parameters: norm.weight [h], router [E, h], experts.w1 [local, f, h], experts.w2 [local, h, f],
/// shared_expert.w1 [s, h], shared_expert.w2 [h, s] (none if s is 0). Buffer: expert_bias [E],
/// fp32.
class MoeLayer final : public Layer {
 public:
  /// |exchange| outlives the layer; its size divides the number of experts (std::logic_error).
  MoeLayer(const recipe::Recipe& recipe, const std::string& global_prefix,
           const Initializer& initializer, ExpertExchange& exchange);
  torch::Tensor Forward(const torch::Tensor& x, ForwardRecord& record) override;

  /// int64 [E]: how many of this rank's own tokens each expert received in forward passes with
  /// gradients since the last call.
  torch::Tensor TakeLoad();
  /// bias += rate * sign(mean(load) - load); nothing if the recipe has no expert bias.
  void UpdateBias(const torch::Tensor& load);

 private:
  /// |normed| [tokens, h]: the routed experts' weighted sum.
  torch::Tensor Routed(const torch::Tensor& normed, const Routing& routing);

  recipe::Moe moe_;
  ExpertExchange& exchange_;
  std::shared_ptr<RmsNormLayer> norm_;
  torch::Tensor router_;
  torch::Tensor expert_bias_;
  std::shared_ptr<LocalExperts> experts_;
  std::shared_ptr<GeluNetwork> shared_;  ///< null: no shared expert
  torch::Tensor load_;                   ///< int64 [E]
};

}  // namespace nam56r::runtime
