#include "src/plan/parameters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "src/plan/test_recipes.h"

namespace nam56r::plan {
namespace {

using ::testing::ElementsAre;
using testing::ExpandWith;
using testing::Nam56r;
using testing::Nam56rWide;

struct Totals {
  std::int64_t total;
  std::int64_t active;
};
Totals TotalsOf(const recipe::Recipe& recipe, std::int64_t mtp_depth) {
  const auto plan = ExpandWith(recipe, {1, 1, mtp_depth});
  EXPECT_TRUE(plan.ok());
  if (!plan) return {};
  return {plan->total_parameters, plan->active_parameters};
}

const Tensor& Named(const std::vector<Tensor>& tensors, const std::string& name) {
  for (const Tensor& tensor : tensors) {
    if (tensor.name == name) return tensor;
  }
  throw std::out_of_range(name);
}

TEST(ParametersTest, FamiliesOfNam56r) {
  const recipe::Recipe r = Nam56r();
  EXPECT_EQ(CountParameters(MlaTensors(r)), 7'400'960);
  EXPECT_EQ(CountParameters(DsaTensors(r)), 7'691'904);
  EXPECT_EQ(CountParameters(MoeTensors(r)), 110'161'408);
  EXPECT_EQ(CountParameters(MambaTensors(r)), 107'957'728);
  EXPECT_EQ(CountParameters(M2rnnTensors(r)), 8'206'360);
  EXPECT_EQ(CountParameters(MtpTensors(r, "AF")), 168'896'000);
}

TEST(ParametersTest, ModulesOfNam56r) {
  const recipe::Recipe r = Nam56r();
  EXPECT_EQ(CountParameters(EmbeddingTensors(r)), std::int64_t{65'536} * 3'584);
  EXPECT_EQ(CountParameters(NgramHashTensors(r)), 128'899'296);
  EXPECT_EQ(CountParameters(StructureTensors(r)), 230'978);
  EXPECT_EQ(CountParameters(NormTensors(r)), 3'584);
}

TEST(ParametersTest, NgramTablesAreConsecutivePrimes) {
  const std::vector<std::int64_t> rows = NgramTableRows(Nam56r().ngram_hash);
  ASSERT_EQ(rows.size(), 16u);
  EXPECT_EQ(rows.front(), 499'801);
  EXPECT_EQ(rows.back(), 500'041);
  EXPECT_EQ(std::accumulate(rows.begin(), rows.end(), std::int64_t{0}), 7'998'862);

  recipe::NgramHash small;
  small.orders = {2};
  small.heads = 5;
  small.first_table_size = 2;
  EXPECT_THAT(NgramTableRows(small), ElementsAre(2, 3, 5, 7, 11));
}

TEST(ParametersTest, ShapesFollowTheRecipe) {
  const recipe::Recipe r = Nam56r();
  EXPECT_THAT(Named(DsaTensors(r), "q_up_proj").shape, ElementsAre(28 * 96, 64));
  EXPECT_THAT(Named(DsaTensors(r), "kv_down_proj").shape, ElementsAre(96, 3584));
  EXPECT_THAT(Named(DsaTensors(r), "indexer.weights_proj").shape, ElementsAre(8, 3584));
  EXPECT_THAT(Named(MoeTensors(r), "experts.w1").shape, ElementsAre(16, 896, 3584));
  EXPECT_THAT(Named(MambaTensors(r), "B_bias").shape, ElementsAre(112, 4, 128));
  EXPECT_EQ(M2rnnHeads(r), 44);
  EXPECT_EQ(M2rnnHeads(Nam56rWide()), 51);
  EXPECT_THAT(Named(M2rnnTensors(r), "input_projection").shape,
              ElementsAre(64 + 64 + 44 * 16 + 44 + 44 * 16, 3584));
  EXPECT_THAT(Named(MtpTensors(r, "AF"), "layers.1.w1").shape, ElementsAre(18944, 3584));
}

TEST(ParametersTest, SingleInputMambaHasNoMimoProjections) {
  recipe::Recipe r = Nam56r();
  r.mamba.mimo_rank = 1;
  for (const Tensor& tensor : MambaTensors(r)) {
    EXPECT_FALSE(tensor.name.starts_with("mimo_")) << tensor.name;
  }
}

TEST(ParametersTest, MambaInputProjectionIsTheAuthorsInTwoParts) {
  const std::vector<Tensor> tensors = MambaTensors(Nam56r());
  const Tensor& in_proj = Named(tensors, "in_proj");
  const Tensor& angles = Named(tensors, "angle_proj");
  EXPECT_EQ(in_proj.sharding, Sharding::kTensor);
  EXPECT_EQ(angles.sharding, Sharding::kReplicated);
  EXPECT_THAT(angles.shape, ElementsAre(32, 3584));
  // 2 d_inner + 2 G N R + 3 heads + 32 rows, as the author's single matrix has.
  EXPECT_EQ(in_proj.count() + angles.count(),
            std::int64_t{2 * 7168 + 2 * 8 * 128 * 4 + 3 * 112 + 32} * 3584);

  recipe::Recipe whole = Nam56r();
  whole.mamba.rope_fraction = 1.0;
  EXPECT_THAT(Named(MambaTensors(whole), "angle_proj").shape, ElementsAre(64, 3584));
}

TEST(ParametersTest, TotalsOfNam56r) {
  EXPECT_EQ(TotalsOf(Nam56r(), 1).total, 4'726'449'762);
  EXPECT_EQ(TotalsOf(Nam56r(), 1).active, 3'030'902'370);
  EXPECT_EQ(TotalsOf(Nam56r(), 2).total, 4'895'345'762);
  EXPECT_EQ(TotalsOf(Nam56r(), 2).active, 3'199'798'370);
  EXPECT_EQ(TotalsOf(Nam56r(), 0).total, 4'726'449'762 - 168'896'000);

  recipe::Recipe wider_rotary = Nam56r();
  wider_rotary.mla.qk_pos_emb_head_dim = 64;
  EXPECT_EQ(TotalsOf(wider_rotary, 1).total, 4'728'858'210);
}

TEST(ParametersTest, TotalsOfTheWideModel) {
  EXPECT_EQ(TotalsOf(Nam56rWide(), 1).total, 5'599'452'794);
  EXPECT_EQ(TotalsOf(Nam56rWide(), 2).total, 5'818'887'802);
  recipe::Recipe vocabulary = Nam56rWide();
  vocabulary.model.vocab_size = 131'072;
  EXPECT_EQ(TotalsOf(vocabulary, 1).total, 6'136'323'706);
  EXPECT_EQ(TotalsOf(vocabulary, 2).total, 6'355'758'714);
}

// One rank of a recorded run: TP=2, EP=4, MTP depth 2, no embedding features.
TEST(ParametersTest, OneRankOfATensorParallelRun) {
  recipe::Recipe r = Nam56r();
  r.ngram_hash.enabled = false;
  r.structure.enabled = false;
  const auto plan = ExpandWith(r, {1, 1, 2});
  ASSERT_TRUE(plan.ok());
  EXPECT_EQ(ParametersOnRank(*plan, 0, {.tp = 2, .ep = 4, .etp = 2}), 1'558'863'760);
}

TEST(ParametersTest, UnshardedRankHoldsItsStage) {
  const auto plan = ExpandWith(Nam56r(), {2, 2, 2});
  ASSERT_TRUE(plan.ok());
  EXPECT_EQ(ParametersOnRank(*plan, 0, {}), plan->stages[0].parameters);
  EXPECT_EQ(ParametersOnRank(*plan, 1, {}), plan->stages[1].parameters);
}

TEST(ParametersTest, ShardsThatDoNotDivideBreakAnInvariant) {
  const auto plan = ExpandWith(Nam56r());
  ASSERT_TRUE(plan.ok());
  EXPECT_THROW(ParametersOnRank(*plan, 0, {.tp = 1, .ep = 11}), std::logic_error);
  EXPECT_THROW(ParametersOnRank(*plan, 0, {.tp = 0}), std::logic_error);
  EXPECT_THROW(ParametersOnRank(*plan, 1, {}), std::logic_error);
}

TEST(ParametersTest, ExpertsWithoutASharedOne) {
  recipe::Recipe r = Nam56r();
  r.moe.shared_expert_ffn_hidden_size = 0;
  EXPECT_EQ(CountParameters(MoeTensors(r)), 110'161'408 - 2 * 1024 * 3584);
}

TEST(ParametersTest, AbsurdSizesStopInsteadOfOverflowing) {
  const Tensor tensor{"huge", {kManyParameters, kManyParameters, 7}, Sharding::kReplicated};
  EXPECT_EQ(tensor.count(), kManyParameters);
  EXPECT_EQ(CountParameters({tensor, tensor, tensor}), kManyParameters);
}

}  // namespace
}  // namespace nam56r::plan
