#include "src/report/check_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "src/base/temporary_directory.h"
#include "src/dialect/argument_rules.h"

namespace nam56r::report {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(CheckText, ShowsAFindingAtItsWordWithStageAndSource) {
  const base::TemporaryDirectory folder;
  const std::string file = folder.path() / "args.txt";
  std::ofstream(file) << "--lr 1e-4\n--min-lr 1e-3\n";
  const dialect::ArgumentRule& rule = *dialect::ArgumentRules().front().rule;
  check::Result result;
  result.findings.resize(2);
  base::Diagnostic& error = result.findings[0].diagnostic;
  error.code = rule.code;
  error.message = "--min-lr 1e-3: it is wrong (" + std::string(rule.source) + ")";
  error.where = {{{file, 2, 1}, "--min-lr 1e-3"}, {{file, 1, 1}, "--lr 1e-4"}};
  error.valid = {"0 to 1e-4"};
  error.fix = "lower it";
  result.findings[0].stage = check::Stage::kBuild;
  result.findings[1].diagnostic.code = "SEAM0005";
  result.findings[1].diagnostic.message = "slow\x1b[31m";
  result.findings[1].waived = "until 2030-01-01: known";
  result.rewrites = {{"a", "--a", 1, 2, true, "because", "x.py"},
                     {"b", "--b", nullptr, "", false, "since", ""}};
  const std::string text = CheckText(result, nullptr, {"args.txt", "megatron@0.19"});
  EXPECT_THAT(text,
              HasSubstr("error[" + std::string(rule.code) + "]: --min-lr 1e-3: it is wrong\n"));
  EXPECT_THAT(text, HasSubstr("2 | --min-lr 1e-3\n  | ^^^^^^^^^^^^^\n"));
  EXPECT_THAT(text, HasSubstr("= valid: 0 to 1e-4\n"));
  EXPECT_THAT(text, HasSubstr("= help: lower it\n"));
  EXPECT_THAT(text, HasSubstr("= stage: build"));
  EXPECT_THAT(text, HasSubstr("= source: megatron@0.19: " + std::string(rule.source)));
  EXPECT_THAT(text, HasSubstr("= more: nam56r explain " + std::string(rule.code)));
  EXPECT_THAT(text, HasSubstr("waived error[SEAM0005]: slow\\x1b[31m"));
  EXPECT_THAT(text, HasSubstr("= waived: until 2030-01-01: known"));
  EXPECT_THAT(
      text, HasSubstr("changes 1 value that you wrote:\n\n  ~ --a  1 -> 2\n      because (x.py)"));
  EXPECT_THAT(text, HasSubstr("sets 1 value that nobody wrote (--all"));
  EXPECT_THAT(text, Not(HasSubstr("--b  ")));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_TRUE(
      text.ends_with("args.txt: megatron@0.19 refused: 1 error (1 build), 1 waived, 1 "
                     "value that you wrote changed\n"))
      << text;

  CheckTextOptions all{"args.txt", "megatron@0.19"};
  all.all = all.colour = true;
  const std::string coloured = CheckText(result, nullptr, all);
  EXPECT_THAT(coloured, HasSubstr("+ --b  unset -> \"\""));
  EXPECT_THAT(coloured, HasSubstr("\x1b[1;31m"));
}

TEST(CheckText, SumsUp) {
  check::Result result;
  EXPECT_EQ(CheckText(result, nullptr, {"run.json", "native"}),
            "run.json: native ok: no findings\n");
  result.findings.resize(3);
  for (check::Finding& finding : result.findings) {
    finding.diagnostic.severity = base::Severity::kWarning;
  }
  result.findings[2].diagnostic.severity = base::Severity::kNote;
  EXPECT_THAT(CheckText(result, nullptr, {"run.json", ""}),
              HasSubstr("run.json: ok: 2 warnings, 1 note\n"));
}

TEST(CheckText, SaysWhatTheCheckoutSaidAndWithoutWhat) {
  check::Opinion opinion;
  opinion.why_not = "no torch";
  EXPECT_THAT(CheckText({}, &opinion, {"x", ""}),
              HasSubstr("second opinion: not asked: no torch\n"));
  opinion.asked = opinion.refused = true;
  opinion.version = "megatron-core 0.19.0";
  opinion.stage = "validate";
  opinion.error = "AssertionError: no";
  opinion.stubbed = {"numpy", "torch"};
  EXPECT_THAT(CheckText({}, &opinion, {"x", ""}),
              AllOf(HasSubstr("megatron-core 0.19.0 refuses it (validate): AssertionError: no"),
                    HasSubstr("stood in for: numpy, torch")));
}

}  // namespace
}  // namespace nam56r::report
