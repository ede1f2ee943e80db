// What rules calculate with: layouts as letters, and the sets of values that they offer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "src/dialect/rule_examples.h"
#include "src/dialect/rules/pipeline_layout.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

TEST(PipelineLayout, WritesRepetitionsOut) {
  const auto stages = [](std::string_view text) { return StagesOfLayout(text).value(); };
  EXPECT_THAT(stages("Ettt|(tt|)*2m|L"), ElementsAre("Ettt", "tt", "tt", "m", "L"));
  EXPECT_THAT(stages("Et*3|t*2,L"), ElementsAre("Ettt", "ttL"));
  EXPECT_THAT(stages("ab,(cd|)*2"), ElementsAre("abcd", "cd", ""));
  EXPECT_THAT(stages("(|ab)*2,cd"), ElementsAre("", "ab", "abcd"));
  EXPECT_THAT(stages("(ab)*0c"), ElementsAre("c"));
  EXPECT_THAT(stages("t|*3L"), ElementsAre("t", "", "", "L"));  // '|' is repeated like a letter
  EXPECT_THAT(stages("()*2"), ElementsAre("())"));              // an empty group is none
  EXPECT_THAT(stages("(t"), ElementsAre("(t"));
  EXPECT_THAT(stages("t*"), ElementsAre("t*"));
  EXPECT_THAT(stages(""), ElementsAre(""));
}

TEST(PipelineLayout, GivesUpOnLayoutsLongerThanAnyModel) {
  EXPECT_FALSE(StagesOfLayout("t*99999999999999999999"));
  EXPECT_FALSE(StagesOfLayout("(t*60000|)*60000"));
  EXPECT_FALSE(StagesOfLayout("((((t)*60000)*60000)*60000)*60000"));
  EXPECT_TRUE(StagesOfLayout("(t*16|)*64"));
}

TEST(RuleValues, OfferWhatFits) {
  EXPECT_THAT(DivisorsOf(12), ElementsAre("1", "2", "3", "4", "6", "12"));
  EXPECT_THAT(DivisorsOf(12, 4), ElementsAre("4", "12"));
  EXPECT_THAT(MultiplesNear(4094, 8), ElementsAre("4088", "4096"));
  EXPECT_THAT(MultiplesNear(3, 8), ElementsAre("8"));
  EXPECT_THAT(MultiplesNear(0, 8), ElementsAre("8"));
  EXPECT_THAT(MultiplesNear(16, 8), ElementsAre("16"));
  EXPECT_THAT(Range(1, 4), ElementsAre("1 to 4"));
  EXPECT_THAT(Range(2, 2), ElementsAre("2"));
  EXPECT_THAT(Range(2, 1), ElementsAre("none"));
}

TEST(RuleValues, SurviveAnySize) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
  for (std::int64_t n : {kMost, kLeast, std::int64_t{0}, std::int64_t{-1}}) {
    for (std::int64_t step : {kMost, kLeast, std::int64_t{0}, std::int64_t{-1}, std::int64_t{1}}) {
      EXPECT_THAT(DivisorsOf(n, step), Not(IsEmpty()));
      EXPECT_THAT(MultiplesNear(n, step), Not(IsEmpty()));
      Divides(step, n);
    }
  }
  EXPECT_EQ(Product(kMost, 2), kMost);
}

// Numbers on a command line come from anybody.
TEST(RuleValues, OfEveryRuleAreThereForAnySize) {
  for (const Release& release : Releases()) {
    for (const char* size : {"0", "-1", "9223372036854775807", "-9223372036854775808", "7"}) {
      for (std::string_view base : {"", "gpt "}) {
        std::string words(base);
        for (const char* flag :
             {"--tensor-model-parallel-size", "--pipeline-model-parallel-size",
              "--context-parallel-size", "--expert-model-parallel-size", "--num-experts",
              "--mamba-num-heads", "--mamba-num-groups", "--moe-router-num-groups",
              "--moe-router-group-topk", "--num-query-groups", "--seq-length",
              "--global-batch-size", "--micro-batch-size", "--hidden-size", "--num-attention-heads",
              "--decoder-last-pipeline-num-layers", "--linear-num-key-heads", "--dsa-indexer-topk",
              "--mtp-num-layers"}) {
          const ExampleLine line =
              Example(release, words + "--group-query-attention " + flag + ' ' + size);
          const EffectiveArgs args(release, line.argv, line.surroundings);
          for (const auto& [rule, group, name] : ArgumentRules()) {
            if (!rule->releases.Includes(release.minor) || rule->valid_of == nullptr) continue;
            if (!rule->refuses(args, args)) continue;
            EXPECT_THAT(rule->valid_of(args), Not(IsEmpty())) << name << ' ' << flag << ' ' << size;
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace nam56r::dialect::rules
