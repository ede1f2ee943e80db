#include "runtime/model/stage.h"

#include <stdexcept>
#include <utility>

#include "runtime/model/decay.h"
#include "runtime/model/embedding.h"
#include "runtime/model/make_layer.h"
#include "runtime/model/moe.h"
#include "runtime/model/mtp.h"
#include "runtime/model/norm.h"

namespace nam56r::runtime {
namespace {

using torch::Tensor;

/// Mean cross-entropy of |hidden| [batch, sequence, h] against |labels| [batch, sequence].
Tensor CrossEntropy(const Tensor& hidden, const Tensor& head, const Tensor& labels) {
  const Tensor logits = torch::linear(hidden.reshape({-1, hidden.size(-1)}), head);
  return torch::cross_entropy_loss(logits, labels.flatten());
}

void RefuseWhatIsNotBuilt(const recipe::Recipe& recipe, const plan::Plan& plan,
                          const StageOptions& options) {
  if (recipe.structure.enabled) {
    throw std::logic_error("StageModule: structure embeddings are not built");
  }
  if (!recipe.dsa.ranks.empty()) {
    throw std::logic_error("StageModule: sparse attention is not built");
  }
  if (plan.cuts.virtual_pipeline_parallel != 1) {
    throw std::logic_error("StageModule: a stage of several chunks is not built");
  }
  if (options.stage < 0 || options.stage >= plan.cuts.pipeline_parallel) {
    throw std::logic_error("StageModule: no such stage");
  }
}

}  // namespace

struct StageModule::Impl {
  bool first = false;
  bool last = false;
  double mtp_loss_scaling_factor = 0.0;
  std::int64_t num_experts = 0;

  std::shared_ptr<TokenEmbedding> embedding;  ///< null where no token is embedded
  std::vector<std::shared_ptr<Layer>> slots;
  std::vector<MoeLayer*> expert_slots;  ///< those of |slots| that are E
  std::shared_ptr<RmsNormLayer> final_norm;
  Tensor output_head;  ///< [vocabulary, h]; the word embedding itself if they are tied
  std::vector<std::shared_ptr<MtpBlock>> mtp;

  std::vector<StageParameter> parameters;

  void List(const std::string& name, const Tensor& tensor, Replication replication) {
    parameters.push_back({name, tensor, replication, TakesWeightDecay(name, tensor)});
  }
  void List(const std::string& prefix, const torch::nn::Module& module, Replication replication) {
    for (const auto& item : module.named_parameters()) {
      List(prefix + "." + item.key(), item.value(), replication);
    }
  }
  void ListSlot(const std::string& prefix, const torch::nn::Module& layer) {
    for (const auto& item : layer.named_parameters()) {
      const bool expert = item.key().rfind("experts.", 0) == 0;
      List(prefix + "." + item.key(), item.value(),
           expert ? Replication::kExpert : Replication::kDense);
    }
  }
};

StageModule::StageModule(const recipe::Recipe& recipe, const plan::Plan& plan,
                         const StageOptions& options, ExpertExchange& exchange)
    : impl_(std::make_shared<Impl>()) {
  RefuseWhatIsNotBuilt(recipe, plan, options);
  Impl& impl = *impl_;
  impl.first = options.stage == 0;
  impl.last = options.stage == plan.cuts.pipeline_parallel - 1;
  impl.mtp_loss_scaling_factor = options.mtp_loss_scaling_factor;
  impl.num_experts = recipe.moe.num_experts;
  const Initializer initializer(options.seed);
  const bool tied = !recipe.model.untie_embeddings_and_output_weights;
  const bool predicts_more = plan.cuts.mtp_depth > 0;
  const bool cut = plan.cuts.pipeline_parallel > 1;

  if (impl.first || (impl.last && (predicts_more || tied))) {
    // A tied head alone needs the words of the embedding, not the n-grams.
    const bool with_ngram_hash = impl.first || predicts_more;
    impl.embedding = register_module(
        "embedding", std::make_shared<TokenEmbedding>(recipe, initializer, with_ngram_hash));
    for (const auto& item : impl.embedding->named_parameters()) {
      const bool copied = cut && (predicts_more || (tied && item.key() == "word"));
      impl.List("embedding." + item.key(), item.value(),
                copied ? Replication::kEmbedding : Replication::kDense);
    }
  }

  for (const plan::Slot& slot : plan.slots) {
    if (slot.stage != options.stage) continue;
    const std::string name = "slots." + std::to_string(slot.index);
    auto layer = MakeLayer(slot.family, recipe, name, initializer, exchange);
    register_module("slot_" + std::to_string(slot.index), layer);
    impl.ListSlot(name, *layer);
    if (auto* moe = dynamic_cast<MoeLayer*>(layer.get())) impl.expert_slots.push_back(moe);
    impl.slots.push_back(std::move(layer));
  }

  if (!impl.last) return;
  impl.final_norm = register_module(
      "final_norm",
      std::make_shared<RmsNormLayer>(recipe.model.hidden_size, recipe.model.norm_epsilon));
  impl.List("final_norm", *impl.final_norm, Replication::kDense);
  if (tied) {
    impl.output_head = impl.embedding->word();
  } else {
    impl.output_head = register_parameter(
        "output_head",
        initializer.Normal("output_head", {recipe.model.vocab_size, recipe.model.hidden_size},
                           recipe.model.init_std));
    impl.List("output_head", impl.output_head, Replication::kDense);
  }
  for (std::int64_t depth = 1; depth <= plan.cuts.mtp_depth; ++depth) {
    const std::string name = "mtp." + std::to_string(depth);
    impl.mtp.push_back(
        register_module("mtp_" + std::to_string(depth),
                        std::make_shared<MtpBlock>(recipe, name, initializer, exchange)));
    impl.List(name, *impl.mtp.back(), Replication::kDense);
  }
}

bool StageModule::is_first() const { return impl_->first; }
bool StageModule::is_last() const { return impl_->last; }

Tensor StageModule::ForwardSlots(const Tensor& tokens, const Tensor& hidden,
                                 ForwardRecord& record) {
  if (impl_->first == hidden.defined()) {
    throw std::logic_error("StageModule: hidden states go to every stage but the first");
  }
  Tensor x = impl_->first ? impl_->embedding->Forward(tokens) : hidden;
  for (const auto& slot : impl_->slots) x = slot->Forward(x, record);
  return x;
}

StageLoss StageModule::Losses(const Tensor& hidden, const Tensor& tokens, const Tensor& labels,
                              ForwardRecord& record) {
  if (!impl_->last) throw std::logic_error("StageModule: only the last stage has losses");
  StageLoss loss;
  Tensor state = impl_->final_norm->Forward(hidden);
  loss.lm = CrossEntropy(state, impl_->output_head, labels);

  const std::int64_t sequence = tokens.size(1);
  std::int64_t depth = 0;
  for (const auto& block : impl_->mtp) {
    ++depth;
    state = block->Forward(state, impl_->embedding->Forward(ShiftLeft(tokens, depth)), record);
    // Position t predicts labels[t + depth]: the last |depth| positions have nothing to predict.
    const std::int64_t targets = sequence - depth;
    loss.mtp.push_back(targets > 0 ? CrossEntropy(state.narrow(1, 0, targets), impl_->output_head,
                                                  labels.narrow(1, depth, targets))
                                   : state.sum() * 0.0);
  }
  return loss;
}

Tensor StageModule::Objective(const StageLoss& loss, const ForwardRecord& record) const {
  Tensor objective = loss.lm;
  if (!loss.mtp.empty()) {
    const double scale = impl_->mtp_loss_scaling_factor / static_cast<double>(loss.mtp.size());
    for (const Tensor& mtp : loss.mtp) objective = objective + mtp * scale;
  }
  for (const Tensor& auxiliary : record.auxiliary_losses) objective = objective + auxiliary;
  return objective;
}

const std::vector<StageParameter>& StageModule::stage_parameters() const {
  return impl_->parameters;
}

Tensor StageModule::TakeExpertLoad() {
  std::vector<Tensor> loads;
  for (MoeLayer* slot : impl_->expert_slots) loads.push_back(slot->TakeLoad());
  return loads.empty() ? torch::zeros({0, impl_->num_experts}, torch::kInt64) : torch::stack(loads);
}

void StageModule::UpdateExpertBias(const Tensor& load) {
  const auto slots = static_cast<std::int64_t>(impl_->expert_slots.size());
  if (load.dim() != 2 || load.size(0) != slots) {
    throw std::logic_error("StageModule: the load is not one row for each E slot");
  }
  for (std::int64_t i = 0; i < slots; ++i) {
    impl_->expert_slots[static_cast<std::size_t>(i)]->UpdateBias(load[i]);
  }
}

}  // namespace nam56r::runtime
