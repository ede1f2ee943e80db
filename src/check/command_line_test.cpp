#include "src/check/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "src/check/json.h"
#include "src/dialect/rule_examples.h"

namespace nam56r::check {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Strings = std::vector<std::string>;

const dialect::Release& Megatron019() { return *dialect::FindRelease("megatron@0.19"); }

Result Check(const Strings& argv, const dialect::Surroundings& surroundings = {}) {
  return CheckCommandLine(Megatron019(), argv, surroundings);
}

// A launch that the release takes, and |words| behind it.
Result CheckWith(Strings words) {
  dialect::ExampleLine line = dialect::Example(Megatron019(), "");
  line.argv.insert(line.argv.end(), words.begin(), words.end());
  return Check(line.argv, line.surroundings);
}

TEST(CheckCommandLine, FindsNothingToRefuseInALaunchThatRuns) {
  for (const dialect::Release& release : dialect::Releases()) {
    const dialect::ExampleLine line = dialect::Example(release, "");
    const Result result = CheckCommandLine(release, line.argv, line.surroundings);
    EXPECT_FALSE(result.refused()) << ToJson(result).dump(1);
    EXPECT_GT(result.rewrites.size(), 15u);
  }
}

// The release's parser ends the program before anything else is looked at.
TEST(CheckCommandLine, OfALineThatDoesNotParseSaysOnlyThat) {
  const Result result = CheckWith({"--tensor-model-parallel-size", "3", "--no-such-flag", "1",
                                   "--micro-batch", "4", "--lr", "fast", "--bf16=1", "stray"});
  EXPECT_TRUE(result.refused());
  EXPECT_THAT(result.rewrites, IsEmpty());
  Strings codes;
  for (const Finding& finding : result.findings) {
    codes.push_back(finding.diagnostic.code);
    EXPECT_EQ(finding.stage, Stage::kParse);
  }
  EXPECT_THAT(codes,
              ElementsAre("POLICY0901", "POLICY0901", "POLICY0905", "POLICY0904", "POLICY0907"));
  const base::Diagnostic& abbreviated = result.findings[1].diagnostic;
  EXPECT_THAT(abbreviated.message, HasSubstr("megatron@0.19 has no --micro-batch"));
  EXPECT_THAT(abbreviated.valid, ElementsAre("--micro-batch-size"));
  EXPECT_THAT(abbreviated.fix, HasSubstr("write --micro-batch-size"));
}

TEST(CheckCommandLine, PointsAtTheWord) {
  const Strings argv = {"--bf16", "--optimizer", "adamw"};
  const Result result = Check(argv);
  ASSERT_EQ(result.findings.size(), 1u);
  const base::Diagnostic& error = result.findings[0].diagnostic;
  EXPECT_EQ(error.code, "POLICY0906");
  EXPECT_EQ(error.where.front().at.file, dialect::kArgv);
  EXPECT_EQ(error.where.front().at.line, 3);
  EXPECT_THAT(error.fields, ElementsAre("--optimizer"));
  EXPECT_THAT(error.valid, Contains("adam"));

  // Of a flag that stands there twice, the last counts.
  dialect::ExampleLine line = dialect::Example(Megatron019(), "");
  const int last = static_cast<int>(line.argv.size()) + 1;
  line.argv.insert(line.argv.end(), {"--tensor-model-parallel-size", "3"});
  const Result ranks = Check(line.argv, line.surroundings);
  EXPECT_TRUE(ranks.refused());
  std::vector<int> words;
  for (const Finding& finding : ranks.findings) {
    for (const base::SourceNote& note : finding.diagnostic.where) words.push_back(note.at.line);
  }
  EXPECT_THAT(words, Contains(last));
}

TEST(CheckCommandLine, ListsWhatTheReleaseChanges) {
  const Result result = CheckWith({"--seed", "1"});
  const auto of = [&](std::string_view dest) {
    return std::find_if(result.rewrites.begin(), result.rewrites.end(),
                        [&](const dialect::Rewrite& rewrite) { return rewrite.dest == dest; });
  };
  ASSERT_NE(of("batch_size"), result.rewrites.end());  // deleted, and never given
  EXPECT_FALSE(of("batch_size")->given);
  ASSERT_NE(of("accumulate_allreduce_grads_in_fp32"), result.rewrites.end());
  EXPECT_EQ(of("accumulate_allreduce_grads_in_fp32")->to, true);
}

TEST(CheckCommandLine, SaysThatAFileReplacesTheLine) {
  const Result result = CheckWith({"--tensor-model-parallel-size", "3", "--yaml-cfg", "run.yaml"});
  ASSERT_EQ(result.findings.size(), 1u);
  EXPECT_EQ(result.findings[0].diagnostic.code, "POLICY0909");
  EXPECT_FALSE(result.refused());
  EXPECT_THAT(result.rewrites, IsEmpty());
}

TEST(CheckCommandLine, ReadsTheLaunchersVariables) {
  dialect::Surroundings surroundings;
  surroundings.environment["RANK"] = "first";
  const Result result = Check({"--bf16"}, surroundings);
  ASSERT_EQ(result.findings.size(), 1u);
  EXPECT_EQ(result.findings[0].diagnostic.code, "POLICY0913");
  EXPECT_THAT(result.findings[0].diagnostic.message, HasSubstr("RANK=first"));
}

// Whatever a line is made of, it is answered at once.
TEST(CheckCommandLine, TakesWhatIsHugeOrMalformed) {
  struct Case {
    std::string name;
    Strings argv;
    std::string code;
  };
  const std::string wide(100'000, '*');
  Strings pattern_of_bars = {"--hybrid-layer-pattern"};
  pattern_of_bars.push_back(std::string(65'000, '|') + std::string(60'000, '/'));
  const std::vector<Case> cases = {
      {"a word that no program gets", {"--data-path", std::string(1 << 17, 'x')}, "POLICY0911"},
      {"a line that no program gets", Strings(300'000, "1"), "POLICY0911"},
      {"many stray words", Strings(100'000, "1"), "POLICY0907"},
      {"many unknown flags", Strings(60'000, "--no-such-flag-anywhere"), "POLICY0901"},
      {"a long unknown flag", {"--" + std::string(100'000, 'a')}, "POLICY0901"},
      {"a long pattern", {"--hybrid-layer-pattern", wide}, ""},
      {"bars", pattern_of_bars, ""},
      {"a list beyond memory", {"--moe-layer-freq", "[1]*1000000000000"}, "POLICY0905"},
      {"nested lists", {"--moe-layer-freq", std::string(100'000, '[')}, "POLICY0905"},
      {"a layout", {"--pipeline-model-parallel-layout", "(t|)*999999999999"}, ""},
      {"no UTF-8", {"--spec", "\xff\xfe", "--tokenizer-model", "\xc3"}, ""},
      {"a control character", {"--save", "\x1b[31m\x01"}, ""},
      {"numbers",
       {"--tensor-model-parallel-size", "9223372036854775807", "--pipeline-model-parallel-size",
        "-9223372036854775808", "--context-parallel-size", "99999999999999999999999",
        "--num-layers", "-9223372036854775808", "--hidden-size", "9223372036854775807",
        "--num-attention-heads", "-1", "--global-batch-size", "9223372036854775807",
        "--micro-batch-size", "4611686018427387904"},
       ""},
      {"numbers that are none", {"--lr", "nan", "--min-lr", "inf", "--weight-decay", "1e999"}, ""},
  };
  for (const Case& c : cases) {
    for (const dialect::Release& release : dialect::Releases()) {
      const auto start = std::chrono::steady_clock::now();
      const Result result = CheckCommandLine(release, c.argv, {.world_size = 8});
      const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
      EXPECT_LT(took.count(), 1) << c.name << ' ' << release.dialect;
      EXPECT_LT(result.findings.size(), 200u) << c.name;
      if (!c.code.empty()) {
        ASSERT_FALSE(result.findings.empty()) << c.name;
        EXPECT_EQ(result.findings.front().diagnostic.code, c.code) << c.name;
      }
      std::string text;
      AppendJson(result, text);
      EXPECT_TRUE(nlohmann::json::accept(text)) << c.name;
    }
  }
}

}  // namespace
}  // namespace nam56r::check
