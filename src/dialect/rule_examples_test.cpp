#include "src/dialect/rule_examples.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "src/dialect/argument_rules.h"
#include "src/dialect/rewrite_rules.h"

namespace nam56r::dialect {
namespace {

using testing::Contains;
using testing::IsEmpty;
using testing::Not;
using Reach = ArgumentRule::Reach;

std::vector<std::string> CodesOf(const Release& release, std::string_view words, Reach reach) {
  const ExampleLine line = Example(release, words);
  const EffectiveArgs raw(release, line.argv, line.surroundings);
  EffectiveArgs args = raw;
  ApplyRewrites(args);
  std::vector<std::string> codes;
  for (const ArgumentRule* rule : Refusing(args, raw, reach)) codes.emplace_back(rule->code);
  return codes;
}

TEST(RuleExamples, TheLaunchThatIsChangedIsRefusedByNoRule) {
  for (const Release& release : Releases()) {
    for (std::string_view words : {"", "gpt"}) {
      const ExampleLine line = Example(release, words);
      EXPECT_THAT(Violations(release, line.argv), IsEmpty()) << release.dialect << ' ' << words;
      EXPECT_THAT(CodesOf(release, words, Reach::kCommandLine), IsEmpty()) << release.dialect;
    }
  }
}

TEST(RuleExamples, EveryRuleFiresOnOneAndNotOnTheOther) {
  for (const auto& [rule, group, name] : ArgumentRules()) {
    const Reach reach = rule->reach == Reach::kContract ? Reach::kContract : Reach::kCommandLine;
    EXPECT_FALSE(rule->title.empty()) << group << '/' << name;
    EXPECT_FALSE(rule->fails.empty()) << group << '/' << name << " has no example that fails";
    if (rule->fails.empty()) continue;
    for (const Release& release : Releases()) {
      if (!rule->releases.Includes(release.minor)) continue;
      const std::string code(rule->code);
      EXPECT_THAT(CodesOf(release, rule->fails, reach), Contains(code))
          << release.dialect << ' ' << group << '/' << name << ": " << rule->fails;
      if (rule->stage != ArgumentRule::Stage::kParse) {
        const ExampleLine line = Example(release, rule->fails);
        EXPECT_EQ(EffectiveArgs(release, line.argv, line.surroundings).problem_count(), 0u)
            << release.dialect << ' ' << name << " fails in the parser already";
      }
      EXPECT_THAT(CodesOf(release, rule->passes, reach), Not(Contains(code)))
          << release.dialect << ' ' << group << '/' << name << ": " << rule->passes;
      // The way out leads out, not into the next refusal.
      EXPECT_THAT(CodesOf(release, rule->passes, Reach::kCommandLine), IsEmpty())
          << release.dialect << ' ' << group << '/' << name << ": " << rule->passes;
    }
  }
}

TEST(RuleExamples, CodesAreUniqueAndNameTheGroup) {
  std::set<std::string_view> codes;
  std::map<std::string_view, std::string_view> numbers;  // of groups
  for (const auto& [rule, group, name] : ArgumentRules()) {
    EXPECT_TRUE(codes.insert(rule->code).second) << rule->code << " is also " << name;
    ASSERT_GE(rule->code.size(), 8U) << name;
    const std::string_view number = rule->code.substr(rule->code.size() - 4, 2);
    const auto it = numbers.try_emplace(group, number).first;
    EXPECT_EQ(it->second, number) << rule->code << ' ' << name;
  }
}

TEST(RuleExamples, WordsThatAreNoneAreRefused) {
  const Release& release = Releases().back();
  EXPECT_THROW(Example(release, "nonsense"), std::logic_error);
  EXPECT_THROW(Example(release, "@many"), std::logic_error);
  EXPECT_THAT(Example(release, "!--bf16").argv, Not(Contains("--bf16")));
  EXPECT_EQ(Example(release, "@16").surroundings.world_size, 16);
  EXPECT_EQ(Example(release, "NCCL_ALGO=Ring").surroundings.Variable("NCCL_ALGO"), "Ring");
}

}  // namespace
}  // namespace nam56r::dialect
