#include "src/report/diff_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/report/explain_text.h"

namespace nam56r::report {
namespace {

using contract::Change;
using contract::Diff;
using contract::Sign;
using testing::HasSubstr;
using testing::Not;

Diff Example() {
  Diff diff;
  diff.summary = "Only the launch policy changed.";
  Change follows{Sign::kAdded, "flag --fp8-format", nullptr, {"hybrid"}, "", "p.toml:9", {}};
  Change changed{Sign::kChanged, "policy.precision.compute", "bf16", "fp8", "a.toml:3", "b.toml:4",
                 {follows}};
  Change removed{
      Sign::kRemoved, "policy.environment.NCCL_DEBUG", "INFO\x1b[2J", nullptr, "a.toml:9", "", {}};
  diff.groups = {{"policy", {changed, removed}}};
  diff.moved = 1;
  return diff;
}

TEST(DiffText, ShowsSignsBothSidesBothOriginsAndCounts) {
  const std::string text =
      DiffText(Example(), {"a.json", "sha256:1", "native"}, {"bb.json", "sha256:2", "native"});
  EXPECT_EQ(text,
            "A a.json   native  sha256:1\n"
            "B bb.json  native  sha256:2\n"
            "\n"
            "Only the launch policy changed.\n"
            "\n"
            "policy: how the run executes\n"
            "  ~ precision.compute       bf16 -> fp8   # a.toml:3 -> b.toml:4\n"
            "      + --fp8-format        hybrid\n"
            "  - environment.NCCL_DEBUG  INFO\\x1b[2J   # a.toml:9\n"
            "\n"
            "0 added, 1 removed, 1 changed; 1 follow from these\n"
            "1 value is the same and comes from another line\n");
}

TEST(DiffText, ColoursOnlyWhenAskedAndCutsLongValues) {
  Diff diff = Example();
  diff.groups[0].changes[0].to = std::string(500, 'x') + "end";
  const std::string plain = DiffText(diff, {}, {});
  EXPECT_THAT(plain, Not(HasSubstr("\x1b")));
  EXPECT_THAT(plain, HasSubstr("x...x"));
  EXPECT_THAT(plain, HasSubstr("xend"));
  EXPECT_LT(plain.size(), 700u);
  EXPECT_THAT(DiffText(diff, {}, {}, /*colour=*/true), HasSubstr("\x1b[31m-\x1b[0m"));
}

TEST(DiffText, EscapesWhateverAFileSays) {
  const std::string text = DiffText(Example(), {"a\x1b[2J", "sha256:1\x1b[2J", "native\x1b[2J"},
                                    {"b.json", "sha256:2", "native"});
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(text, HasSubstr("native\\x1b[2J"));
}

TEST(DiffText, OfAChangedSeamNamesTheMembersThatDiffer) {
  Diff diff;
  const nlohmann::json from = {{"why", "the same"}, {"level", "required"}, {"layers", {"1", "2"}}};
  nlohmann::json to = from;
  to["level"] = "optional";
  to["layers"] = {"1"};
  diff.groups = {{"seam", {{Sign::kChanged, "seam m2rnn-mixer", from, to, "", "", {}}}}};
  const std::string text = DiffText(diff, {}, {});
  EXPECT_THAT(text, HasSubstr("layers: 1 2 -> 1; level: required -> optional"));
  EXPECT_THAT(text, Not(HasSubstr("the same")));
}

TEST(DiffText, SaysWhereNoDecisionWasTriedAlone) {
  Diff diff = Example();
  EXPECT_THAT(DiffText(diff, {}, {}), Not(HasSubstr("tried alone")));
  diff.causes_tried = false;
  EXPECT_THAT(DiffText(diff, {}, {}), HasSubstr("none was tried alone"));
}

TEST(DiffText, OfNothingIsTheSentenceAlone) {
  Diff diff;
  diff.summary = "Nothing changed: the contracts are the same.";
  EXPECT_EQ(DiffText(diff, {"a", "1", "native"}, {"a", "1", "native"}),
            "A a  native  1\nB a  native  1\n\nNothing changed: the contracts are the same.\n");
}

TEST(ExplanationText, JoinsDialectsThatSayTheSameAndWrapsWideTables) {
  contract::Explanation explanation{"flag", "--x", "What it means.", {{"sets", "x"}}, {}};
  explanation.tables = {
      {"releases",
       "in each dialect",
       {"dialect", "takes", "none"},
       {{"megatron@0.16", "int", ""}, {"megatron@0.18", "int", ""}, {"nemo", "str", ""}}},
      {"wide",
       "wide",
       {"name", "why"},
       {{"n", std::string(60, 'a') + ' ' + std::string(60, 'b')}}}};
  EXPECT_EQ(ExplanationText(explanation),
            "--x  (flag)\n"
            "  What it means.\n"
            "\n"
            "  sets  x\n"
            "\n"
            "in each dialect\n"
            "  dialect               takes\n"
            "  megatron@0.16, @0.18  int\n"
            "  nemo                  str\n"
            "\n"
            "wide\n"
            "  n\n"
            "    why   " +
                std::string(60, 'a') + "\n          " + std::string(60, 'b') + "\n");
}

}  // namespace
}  // namespace nam56r::report
