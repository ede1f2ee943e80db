#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "runtime/model/exchange.h"
#include "runtime/model/init.h"
#include "runtime/model/layer.h"
#include "src/plan/plan.h"
#include "src/recipe/recipe.h"

namespace nam56r::runtime {

/// What reduces a parameter's gradient, and who else holds it.
enum class Replication {
  kDense,      ///< whole on every data-parallel rank of this stage
  kExpert,     ///< one shard of the experts; whole on every expert-data-parallel rank
  kEmbedding,  ///< kDense, and a copy on the first and on the last stage (MTP needs it there)
};

/// One parameter under its global name, which is the same however the model is cut.
struct StageParameter {
  std::string name;
  torch::Tensor tensor;  ///< the leaf itself
  Replication replication = Replication::kDense;
  bool weight_decay = true;  ///< not for norms, biases and per-head scalars
};

/// Losses of one micro-batch on the last stage; scalars with gradient.
struct StageLoss {
  torch::Tensor lm;                ///< mean cross-entropy in nats a token
  std::vector<torch::Tensor> mtp;  ///< one for each depth, unscaled
};

struct StageOptions {
  std::int64_t stage = 0;
  double mtp_loss_scaling_factor = 0.1;  ///< of the mean over depths
  std::int64_t seed = 1234;
};

/// The part of the model that one pipeline stage holds, built from the plan alone.
///
/// Forward is (first stage) embeddings and slots, (middle) slots, (last) slots, final norm, output
/// head and MTP blocks. The MTP blocks embed tokens again, so a last stage that is not the first
/// keeps a copy of the embeddings.
class StageModule : public torch::nn::Module {
 public:
  /// |exchange| outlives the module. Experts e * size / num_experts == rank live here.
  StageModule(const recipe::Recipe& recipe, const plan::Plan& plan, const StageOptions& options,
              ExpertExchange& exchange);

  bool is_first() const;
  bool is_last() const;

  /// |tokens| int64 [batch, sequence]; |hidden| [batch, sequence, hidden] from the stage before,
  /// undefined on the first. Answers the hidden states after this stage's slots.
  torch::Tensor ForwardSlots(const torch::Tensor& tokens, const torch::Tensor& hidden,
                             ForwardRecord& record);

  /// Last stage only. |labels| int64 [batch, sequence] are the next tokens. MTP depth d predicts
  /// the token d further on; positions whose target lies beyond the sequence carry no loss.
  StageLoss Losses(const torch::Tensor& hidden, const torch::Tensor& tokens,
                   const torch::Tensor& labels, ForwardRecord& record);

  /// lm + mtp_loss_scaling_factor * mean(mtp) + sum(auxiliary losses): what backward starts from.
  torch::Tensor Objective(const StageLoss& loss, const ForwardRecord& record) const;

  /// In a fixed order.
  const std::vector<StageParameter>& stage_parameters() const;

  /// Tokens that each expert of each E slot of this stage received since the last call:
  /// [E slots, num_experts], int64, of this rank's own tokens in passes with gradients.
  torch::Tensor TakeExpertLoad();
  /// Moves the selection biases against |load| summed over the data-parallel ranks
  /// (arXiv:2408.15664): bias += rate * sign(mean - load).
  void UpdateExpertBias(const torch::Tensor& load);

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace nam56r::runtime
