#include "runtime/model/stage.h"

#include <cmath>
#include <map>
#include <memory>
#include <set>

#include "runtime/model/gradient_check.h"
#include "runtime/model/model_test_support.h"

namespace nam56r::runtime {
namespace {

using testing::Expand;
using testing::Random;
using testing::RandomTokens;
using testing::SmallRecipe;
using testing::ThreadExchange;
using testing::ThreadGroup;
using torch::Tensor;

constexpr char kAllFamilies[] = "AEMEAFMR";

/// Token t and the one after it, as a data loader gives them.
struct Batch {
  Tensor tokens, labels;
};
Batch RandomBatch(std::int64_t rows, std::int64_t sequence, std::uint64_t seed) {
  const Tensor ids = RandomTokens({rows, sequence + 1}, 11, seed);
  return {ids.slice(1, 0, sequence), ids.slice(1, 1)};
}

std::shared_ptr<StageModule> Make(const recipe::Recipe& recipe, const plan::Cuts& cuts,
                                  std::int64_t stage, ExpertExchange& exchange,
                                  torch::Dtype type = torch::kDouble) {
  auto module = std::make_shared<StageModule>(
      recipe, Expand(recipe, cuts),
      StageOptions{.stage = stage, .mtp_loss_scaling_factor = 0.3, .seed = 17}, exchange);
  module->to(type);
  return module;
}

Tensor Objective(StageModule& stage, const Batch& batch) {
  ForwardRecord record;
  const Tensor hidden = stage.ForwardSlots(batch.tokens, Tensor(), record);
  return stage.Objective(stage.Losses(hidden, batch.tokens, batch.labels, record), record);
}

/// The n-gram projection starts at zero, which would hide the tables from the tests.
void FillNgramProjection(StageModule& stage) {
  const torch::NoGradGuard no_grad;
  for (const StageParameter& p : stage.stage_parameters()) {
    if (p.name == "embedding.ngram_hash.out_proj") {
      Tensor tensor = p.tensor;
      tensor.copy_(Random(tensor.sizes(), 8));
    }
  }
}

TEST(StageModule, EverySlotHasThePlansNumberOfParameters) {
  const recipe::Recipe recipe = SmallRecipe(kAllFamilies);
  const plan::Cuts cuts{.mtp_depth = 2};
  const plan::Plan plan = Expand(recipe, cuts);
  LocalExchange exchange;
  const auto stage = Make(recipe, cuts, 0, exchange);

  std::map<std::string, std::int64_t> counts;
  std::int64_t total = 0;
  for (const StageParameter& p : stage->stage_parameters()) {
    const std::size_t first = p.name.find('.');
    const bool slot = p.name.rfind("slots.", 0) == 0;
    counts[p.name.substr(0, slot ? p.name.find('.', first + 1) : first)] += p.tensor.numel();
    total += p.tensor.numel();
  }
  for (const plan::Slot& slot : plan.slots) {
    EXPECT_EQ(counts["slots." + std::to_string(slot.index)], slot.parameters)
        << "slot " << slot.index << ", family " << static_cast<char>(slot.family);
  }
  EXPECT_EQ(total, plan.total_parameters);
}

TEST(StageModule, TheShippedTinyModelHasThePlansNumberOfParameters) {
  const auto recipe = recipe::Load(NAM56R_SOURCE_DIR "/recipes/nam56r-tiny.toml");
  ASSERT_TRUE(recipe.ok());
  const auto plan = plan::Expand(*recipe, {.mtp_depth = 1});
  ASSERT_TRUE(plan.ok());
  LocalExchange exchange;
  StageModule stage(recipe->value, *plan, {}, exchange);
  std::int64_t total = 0;
  for (const StageParameter& p : stage.stage_parameters()) total += p.tensor.numel();
  EXPECT_EQ(total, plan->total_parameters);
}

TEST(StageModule, EveryStageHasThePlansNumberOfParameters) {
  const recipe::Recipe recipe = SmallRecipe(kAllFamilies);
  for (const std::int64_t depth : {0, 1}) {
    const plan::Cuts cuts{.pipeline_parallel = 2, .mtp_depth = depth};
    const plan::Plan plan = Expand(recipe, cuts);
    for (std::int64_t i = 0; i < 2; ++i) {
      LocalExchange exchange;
      std::int64_t count = 0;
      const auto stage = Make(recipe, cuts, i, exchange);
      for (const auto& p : stage->stage_parameters()) count += p.tensor.numel();
      EXPECT_EQ(count, plan.stages[static_cast<std::size_t>(i)].parameters) << i;
    }
  }
}

TEST(StageModule, ListsEveryParameterOnce) {
  LocalExchange exchange;
  const auto stage = Make(SmallRecipe(kAllFamilies), {.mtp_depth = 1}, 0, exchange);
  std::set<std::string> names;
  std::set<const void*> tensors;
  for (const StageParameter& p : stage->stage_parameters()) {
    EXPECT_TRUE(names.insert(p.name).second) << p.name;
    EXPECT_TRUE(tensors.insert(p.tensor.unsafeGetTensorImpl()).second) << p.name;
    EXPECT_TRUE(p.tensor.is_leaf() && p.tensor.requires_grad()) << p.name;
  }
  std::set<const void*> registered;
  for (const Tensor& p : stage->parameters()) registered.insert(p.unsafeGetTensorImpl());
  EXPECT_EQ(tensors, registered);
  for (const char* name :
       {"embedding.word", "embedding.ngram_hash.table", "slots.1.experts.w1", "slots.0.out_proj",
        "final_norm.weight", "output_head", "mtp.1.eh_proj", "mtp.1.layers.0.out_proj"}) {
    EXPECT_TRUE(names.contains(name)) << name;
  }
}

TEST(StageModule, GradientsAgreeWithFiniteDifferencesFromTokensToObjective) {
  const recipe::Recipe recipe = SmallRecipe("AEAF");
  LocalExchange exchange;
  const auto stage = Make(recipe, {.mtp_depth = 2}, 0, exchange);
  FillNgramProjection(*stage);
  const Batch batch = RandomBatch(2, 7, 3);
  std::vector<std::pair<std::string, Tensor>> leaves;
  for (const StageParameter& p : stage->stage_parameters()) leaves.emplace_back(p.name, p.tensor);
  CheckGradients([&] { return Objective(*stage, batch); }, leaves, 6, 1e-5);
}

TEST(StageModule, EveryParameterOfEveryFamilyGetsAGradient) {
  LocalExchange exchange;
  const auto stage = Make(SmallRecipe(kAllFamilies), {.mtp_depth = 1}, 0, exchange);
  FillNgramProjection(*stage);
  Objective(*stage, RandomBatch(3, 7, 3)).backward();
  for (const StageParameter& p : stage->stage_parameters()) {
    ASSERT_TRUE(p.tensor.grad().defined()) << p.name;
    EXPECT_GT(p.tensor.grad().abs().max().item<double>(), 0.0) << p.name;
  }
}

// The pipeline: hidden states go forward, their gradient comes back, and the copies of the
// embedding add up.
TEST(StageModule, TwoStagesGiveTheLossAndGradientsOfOne) {
  const recipe::Recipe recipe = SmallRecipe(kAllFamilies);
  const Batch batch = RandomBatch(2, 7, 5);
  LocalExchange exchange;
  const auto whole = Make(recipe, {.mtp_depth = 1}, 0, exchange);
  FillNgramProjection(*whole);
  const Tensor expected = Objective(*whole, batch);
  expected.backward();

  const plan::Cuts cuts{.pipeline_parallel = 2, .mtp_depth = 1};
  const auto first = Make(recipe, cuts, 0, exchange), last = Make(recipe, cuts, 1, exchange);
  EXPECT_TRUE(first->is_first() && !first->is_last() && !last->is_first() && last->is_last());
  FillNgramProjection(*first);
  FillNgramProjection(*last);
  ForwardRecord first_record, last_record;
  const Tensor sent = first->ForwardSlots(batch.tokens, Tensor(), first_record);
  const Tensor received = sent.detach().clone().requires_grad_();
  const Tensor hidden = last->ForwardSlots(batch.tokens, received, last_record);
  const Tensor objective =
      last->Objective(last->Losses(hidden, batch.tokens, batch.labels, last_record), last_record);
  objective.backward();
  // The first stage's own auxiliary losses start backward beside the gradient received.
  Tensor auxiliary = torch::zeros({}, torch::kDouble);
  for (const Tensor& loss : first_record.auxiliary_losses) auxiliary = auxiliary + loss;
  torch::autograd::backward({sent, auxiliary}, {received.grad(), torch::ones_like(auxiliary)});
  EXPECT_NEAR((objective + auxiliary).item<double>(), expected.item<double>(), 1e-12);

  std::map<std::string, Tensor> gradients;
  for (const auto& stage : {first, last}) {
    for (const StageParameter& p : stage->stage_parameters()) {
      Tensor& sum = gradients[p.name];
      EXPECT_EQ(sum.defined(), p.replication == Replication::kEmbedding && stage == last) << p.name;
      sum = sum.defined() ? sum + p.tensor.grad() : p.tensor.grad();
    }
  }
  EXPECT_EQ(gradients.size(), whole->stage_parameters().size());
  for (const StageParameter& p : whole->stage_parameters()) {
    EXPECT_TRUE(torch::allclose(gradients.at(p.name), p.tensor.grad(), 1e-10, 1e-13)) << p.name;
  }
}

TEST(StageModule, InitialValuesDoNotDependOnTheCut) {
  const recipe::Recipe recipe = SmallRecipe(kAllFamilies);
  LocalExchange exchange;
  std::map<std::string, Tensor> whole;
  const auto one = Make(recipe, {.mtp_depth = 1}, 0, exchange);
  for (const StageParameter& p : one->stage_parameters()) whole[p.name] = p.tensor;

  ThreadGroup group(2);
  for (std::int64_t i = 0; i < 2; ++i) {
    for (std::int64_t rank = 0; rank < 2; ++rank) {
      ThreadExchange half(group, rank);
      const auto stage = Make(recipe, {.pipeline_parallel = 2, .mtp_depth = 1}, i, half);
      for (const StageParameter& p : stage->stage_parameters()) {
        Tensor expected = whole.at(p.name);
        if (p.replication == Replication::kExpert) {
          expected = expected.chunk(2)[static_cast<std::size_t>(rank)];
        }
        EXPECT_TRUE(torch::equal(p.tensor, expected)) << p.name;
      }
    }
  }
}

TEST(StageModule, OnlyExpertsAreShardedAndOnlyCutEmbeddingsAreCopied) {
  LocalExchange exchange;
  const recipe::Recipe recipe = SmallRecipe("AEAF");
  const auto replications = [&](const plan::Cuts& cuts, std::int64_t stage) {
    std::map<std::string, Replication> found;
    const auto module = Make(recipe, cuts, stage, exchange);
    for (const auto& p : module->stage_parameters()) found[p.name] = p.replication;
    return found;
  };
  const auto one = replications({.mtp_depth = 1}, 0);
  for (const auto& [name, replication] : one) {
    EXPECT_EQ(replication == Replication::kExpert,
              name == "slots.1.experts.w1" || name == "slots.1.experts.w2")
        << name;
    EXPECT_NE(replication, Replication::kEmbedding) << name;
  }
  const auto cut = replications({.pipeline_parallel = 2, .mtp_depth = 1}, 1);
  EXPECT_EQ(cut.at("embedding.word"), Replication::kEmbedding);
  EXPECT_EQ(cut.at("embedding.ngram_hash.table"), Replication::kEmbedding);
  const auto no_mtp = replications({.pipeline_parallel = 2}, 1);
  EXPECT_FALSE(no_mtp.contains("embedding.word"));
  EXPECT_EQ(replications({.pipeline_parallel = 2}, 0).at("embedding.word"), Replication::kDense);
}

TEST(StageModule, NormsAndEveryVectorAreNotDecayed) {
  LocalExchange exchange;
  const auto stage = Make(SmallRecipe(kAllFamilies), {.mtp_depth = 1}, 0, exchange);
  for (const StageParameter& p : stage->stage_parameters()) {
    EXPECT_FALSE(p.weight_decay && p.tensor.dim() < 2) << p.name;
  }
  const auto decays = [&](const std::string& name) {
    for (const auto& p : stage->stage_parameters()) {
      if (p.name == name) return p.weight_decay;
    }
    throw std::logic_error("no parameter " + name);
  };
  EXPECT_TRUE(decays("slots.1.experts.w1"));
  EXPECT_TRUE(decays("slots.0.q_down_proj"));
  EXPECT_FALSE(decays("slots.0.norm.weight"));
}

TEST(StageModule, PastStatesDoNotDependOnLaterTokens) {
  LocalExchange exchange;
  const auto stage = Make(SmallRecipe(kAllFamilies), {.mtp_depth = 1}, 0, exchange);
  FillNgramProjection(*stage);
  const Batch batch = RandomBatch(1, 9, 5);
  Tensor changed = batch.tokens.clone();
  changed[0][6] = (changed[0][6] + 1).remainder(11);
  ForwardRecord record;
  const Tensor before = stage->ForwardSlots(batch.tokens, Tensor(), record);
  const Tensor after = stage->ForwardSlots(changed, Tensor(), record);
  EXPECT_TRUE(torch::allclose(before.slice(1, 0, 6), after.slice(1, 0, 6), 1e-11, 1e-12));
  EXPECT_FALSE(torch::allclose(before.slice(1, 6), after.slice(1, 6), 1e-6, 1e-6));
}

// What position t predicts at depth d is labels[t + d]; the last d labels are nobody's inputs.
TEST(StageModule, MtpPredictsTheTokenThatLiesDepthFurtherOn) {
  LocalExchange exchange;
  const auto stage = Make(SmallRecipe("AF"), {.mtp_depth = 2}, 0, exchange);
  const Batch batch = RandomBatch(1, 7, 5);
  const auto losses = [&](const Tensor& labels) {
    ForwardRecord record;
    return stage->Losses(stage->ForwardSlots(batch.tokens, Tensor(), record), batch.tokens, labels,
                         record);
  };
  const StageLoss base = losses(batch.labels);
  ASSERT_EQ(base.mtp.size(), 2U);
  for (std::int64_t at = 0; at < 7; ++at) {
    Tensor labels = batch.labels.clone();
    labels[0][at] = (labels[0][at] + 1).remainder(11);
    const StageLoss other = losses(labels);
    EXPECT_NE(other.lm.item<double>(), base.lm.item<double>());
    for (std::int64_t depth = 1; depth <= 2; ++depth) {
      const auto d = static_cast<std::size_t>(depth - 1);
      // Label |at| is the target of position at - depth, which exists from |depth| on.
      EXPECT_EQ(other.mtp[d].item<double>() != base.mtp[d].item<double>(), at >= depth)
          << "label " << at << ", depth " << depth;
    }
  }
}

TEST(StageModule, MtpHasNoLossWhereTheSequenceIsTooShort) {
  LocalExchange exchange;
  const auto stage = Make(SmallRecipe("AF"), {.mtp_depth = 2}, 0, exchange);
  const Batch batch = RandomBatch(2, 2, 5);
  ForwardRecord record;
  const StageLoss loss = stage->Losses(stage->ForwardSlots(batch.tokens, Tensor(), record),
                                       batch.tokens, batch.labels, record);
  EXPECT_GT(loss.mtp[0].item<double>(), 0.0);
  EXPECT_EQ(loss.mtp[1].item<double>(), 0.0);
}

TEST(StageModule, StartsNearAUniformPrediction) {
  recipe::Recipe recipe = SmallRecipe(kAllFamilies);
  recipe.model.init_std = 0.02;
  LocalExchange exchange;
  const auto stage = Make(recipe, {.mtp_depth = 1}, 0, exchange, torch::kFloat32);
  const Batch batch = RandomBatch(4, 7, 5);
  ForwardRecord record;
  const StageLoss loss = stage->Losses(stage->ForwardSlots(batch.tokens, Tensor(), record),
                                       batch.tokens, batch.labels, record);
  EXPECT_NEAR(loss.lm.item<float>(), std::log(11.0), 0.1);
  EXPECT_NEAR(loss.mtp[0].item<float>(), std::log(11.0), 0.1);
}

TEST(StageModule, TheObjectiveAddsScaledMtpAndAuxiliaryLosses) {
  LocalExchange exchange;
  const auto stage = Make(SmallRecipe("AEAF"), {.mtp_depth = 2}, 0, exchange);
  const auto scalar = [](double value) { return torch::tensor(value, torch::kDouble); };
  const StageLoss loss{.lm = scalar(2.0), .mtp = {scalar(3.0), scalar(5.0)}};
  const ForwardRecord record{.auxiliary_losses = {scalar(0.25), scalar(0.5)}};
  EXPECT_NEAR(stage->Objective(loss, record).item<double>(), 2.0 + 0.3 * 4.0 + 0.75, 1e-12);
}

TEST(StageModule, ExpertLoadIsPerExpertSlotAndMovesTheBias) {
  LocalExchange exchange;
  const auto stage = Make(SmallRecipe(kAllFamilies), {.mtp_depth = 1}, 0, exchange);
  const Batch batch = RandomBatch(2, 7, 5);
  Objective(*stage, batch);
  const Tensor load = stage->TakeExpertLoad();
  ASSERT_EQ(load.sizes(), (torch::IntArrayRef{2, 4}));
  EXPECT_TRUE(torch::equal(load.sum(1), torch::full({2}, 2 * 7 * 2, torch::kInt64)));
  EXPECT_EQ(stage->TakeExpertLoad().sum().item<std::int64_t>(), 0);

  for (int i = 0; i < 400; ++i) {
    stage->UpdateExpertBias(torch::tensor({{9, 0, 0, 0}, {0, 0, 0, 9}}, torch::kInt64));
  }
  Objective(*stage, batch);
  const Tensor moved = stage->TakeExpertLoad();
  EXPECT_LT(moved[0][0].item<std::int64_t>(), load[0][0].item<std::int64_t>());
  EXPECT_LT(moved[1][3].item<std::int64_t>(), load[1][3].item<std::int64_t>());
  EXPECT_THROW(stage->UpdateExpertBias(torch::zeros({1, 4}, torch::kInt64)), std::logic_error);
}

TEST(StageModule, AStageWithoutExpertsHasAnEmptyLoad) {
  LocalExchange exchange;
  const auto stage = Make(SmallRecipe("AF"), {}, 0, exchange);
  EXPECT_EQ(stage->TakeExpertLoad().sizes(), (torch::IntArrayRef{0, 4}));
}

TEST(StageModule, TiedEmbeddingsShareOneTensorAndTheLastStageKeepsTheWords) {
  recipe::Recipe recipe = SmallRecipe("AEAF");
  recipe.model.untie_embeddings_and_output_weights = false;
  LocalExchange exchange;
  const auto one = Make(recipe, {}, 0, exchange);
  for (const auto& p : one->stage_parameters()) EXPECT_NE(p.name, "output_head");
  const auto last = Make(recipe, {.pipeline_parallel = 2}, 1, exchange);
  std::set<std::string> names;
  for (const auto& p : last->stage_parameters()) names.insert(p.name);
  EXPECT_TRUE(names.contains("embedding.word"));
  EXPECT_FALSE(names.contains("embedding.ngram_hash.table"));
  Objective(*one, RandomBatch(2, 7, 5)).backward();
  EXPECT_TRUE(one->stage_parameters()[0].tensor.grad().defined());
}

TEST(StageModule, RefusesWhatIsNotBuiltAndWrongUse) {
  LocalExchange exchange;
  recipe::Recipe recipe = SmallRecipe("AEAF");
  const plan::Plan plan = Expand(recipe, {.pipeline_parallel = 2});
  EXPECT_THROW(StageModule(recipe, plan, {.stage = 2}, exchange), std::logic_error);
  recipe.structure.enabled = true;
  EXPECT_THROW(StageModule(recipe, plan, {}, exchange), std::logic_error);
  recipe.structure.enabled = false;
  recipe.dsa.ranks = {1};
  EXPECT_THROW(StageModule(recipe, plan, {}, exchange), std::logic_error);
  recipe.dsa.ranks.clear();
  plan::Plan interleaved = plan;
  interleaved.cuts.virtual_pipeline_parallel = 2;
  EXPECT_THROW(StageModule(recipe, interleaved, {}, exchange), std::logic_error);

  StageModule first(recipe, plan, {.stage = 0}, exchange);
  StageModule last(recipe, plan, {.stage = 1}, exchange);
  const Batch batch = RandomBatch(1, 3, 1);
  ForwardRecord record;
  const Tensor hidden = torch::zeros({1, 3, 12});
  EXPECT_THROW(first.ForwardSlots(batch.tokens, hidden, record), std::logic_error);
  EXPECT_THROW(last.ForwardSlots(batch.tokens, Tensor(), record), std::logic_error);
  EXPECT_THROW(first.Losses(hidden, batch.tokens, batch.labels, record), std::logic_error);
}

}  // namespace
}  // namespace nam56r::runtime
