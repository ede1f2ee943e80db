#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "src/plan/plan.h"
#include "src/plan/test_recipes.h"

namespace nam56r::plan {
namespace {

using ::testing::ElementsAre;
using testing::FromFile;
using ::testing::HasSubstr;
using testing::Nam56r;

recipe::Recipe Thirteen(const std::string& pattern = "AEMEAEMEAEMR") {
  recipe::Recipe recipe = Nam56r();
  recipe.model.pattern = pattern;
  recipe.model.depth = 13;
  recipe.dsa.ranks = {};
  return recipe;
}

Cuts Chunks(std::vector<std::int64_t> layers, std::int64_t pp = 2) {
  return {.pipeline_parallel = pp, .layers_per_chunk = std::move(layers)};
}

TEST(LayersPerChunkTest, CutATiledPatternWhereThePolicySays) {
  const auto plan = Expand(FromFile(Thirteen()), Chunks({7, 6}));
  ASSERT_TRUE(plan);
  EXPECT_THAT(plan->stages[0].slots, ElementsAre(0, 1, 2, 3, 4, 5, 6));
  EXPECT_THAT(plan->stages[1].slots, ElementsAre(7, 8, 9, 10, 11, 12));
}

TEST(LayersPerChunkTest, TheModelIsTheSameHoweverItIsCut) {
  const auto whole = Expand(FromFile(Thirteen()), {});
  const auto cut = Expand(FromFile(Thirteen()), Chunks({3, 4, 6}, 3));
  ASSERT_TRUE(whole && cut);
  EXPECT_EQ(whole->total_parameters, cut->total_parameters);
}

TEST(LayersPerChunkTest, MayRepeatWhatThePatternSays) {
  EXPECT_TRUE(Expand(FromFile(Thirteen("AEMEAEM|EAEMRA")), Chunks({7, 6})));
}

TEST(LayersPerChunkTest, ContradictionsNameBothSidesAndTheValidSet) {
  const struct {
    recipe::Recipe recipe;
    Cuts cuts;
    const char* other_field;
  } kCases[] = {{Thirteen(), Chunks({7, 7}), "model.depth"},
                {Thirteen(), Chunks({13, 0}), "model.depth"},
                {Thirteen(), Chunks({7, 3, 3}), "layout.pipeline_parallel"},
                {Thirteen("AEMEAEM|EAEMRA"), Chunks({6, 7}), "model.pattern"},
                {Thirteen(), Chunks({std::numeric_limits<std::int64_t>::max(), 1}), "model.depth"}};
  for (const auto& c : kCases) {
    const auto plan = Expand(FromFile(c.recipe), c.cuts);
    ASSERT_FALSE(plan) << c.other_field;
    ASSERT_EQ(plan.errors().size(), 1u) << c.other_field;
    const base::Diagnostic& error = plan.errors().front();
    EXPECT_EQ(error.code, "PLAN0004");
    EXPECT_THAT(error.fields, ::testing::IsSupersetOf({"layout.layers_per_chunk", c.other_field}));
    EXPECT_FALSE(error.valid.empty());
    EXPECT_FALSE(error.fix.empty());
  }
}

TEST(LayersPerChunkTest, AnUnevenCutSaysWhereToWriteIt) {
  const auto plan = Expand(FromFile(Thirteen()), {.pipeline_parallel = 2});
  ASSERT_FALSE(plan);
  EXPECT_THAT(plan.errors().front().fix, HasSubstr("layout.layers_per_chunk"));
}

}  // namespace
}  // namespace nam56r::plan
