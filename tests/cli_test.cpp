// The program as a person and a script run it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <regex>

#include "tests/run_program.h"

namespace nam56r::tests {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

class Cli : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "nam56r-cli-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    scratch_ = pattern;
  }
  void TearDown() override { fs::remove_all(scratch_); }

  // In the source tree, so that shipped files have the names a user types.
  static ProgramResult Run(std::vector<std::string> words) {
    words.insert(words.begin(), NAM56R_PROGRAM);
    return RunProgram(words, NAM56R_SOURCE_DIR);
  }

  static std::string Read(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  // A copy of a shipped file with one replacement.
  std::string Edited(const std::string& file, const std::string& from,
                     const std::string& to) const {
    std::string text = Read(fs::path(NAM56R_SOURCE_DIR) / file);
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << "'" << from << "' is not in " << file;
    if (at != std::string::npos) text.replace(at, from.size(), to);
    const fs::path copy = scratch_ / fs::path(file).filename();
    std::ofstream(copy, std::ios::binary) << text;
    return copy;
  }

  // The number of the first line of a file that contains |text|.
  static int LineOf(const fs::path& file, const std::string& text) {
    std::ifstream in(file);
    int number = 0;
    for (std::string line; std::getline(in, line);) {
      ++number;
      if (line.find(text) != std::string::npos) return number;
    }
    return 0;
  }

  fs::path scratch_;
};

TEST_F(Cli, PlanPrintsTheCountsAndTotalsOfTheFamily) {
  const ProgramResult plan = Run({"plan", "recipes/nam56r.toml"});
  EXPECT_EQ(plan.exit_code, 0) << plan.err;
  EXPECT_THAT(plan.out,
              AllOf(HasSubstr("13 A"), HasSubstr("22 E"), HasSubstr("13 M"), HasSubstr("4 R")));
  EXPECT_THAT(plan.out, AllOf(HasSubstr("4,726,449,762"), HasSubstr("4,895,345,762"),
                              HasSubstr("3,030,902,370"), HasSubstr("3,199,798,370")));
  EXPECT_THAT(plan.out, HasSubstr("12,24,36,48"));
}

TEST_F(Cli, PlanSaysWhichModelOfTheNameItIs) {
  const ProgramResult plan = Run({"plan", "recipes/nam56r-4096.toml"});
  EXPECT_EQ(plan.exit_code, 0) << plan.err;
  EXPECT_THAT(plan.out, AllOf(HasSubstr("nam56r (4096-32):"), HasSubstr("5,599,452,794"),
                              HasSubstr("5,818,887,802")));
  const std::string alone = Edited("recipes/nam56r-4096.toml", "4096-32", "4096-32-b");
  const ProgramResult missing = Run({"plan", alone});
  EXPECT_EQ(missing.exit_code, 65);
  EXPECT_THAT(missing.err, AllOf(HasSubstr("nam56r.toml"), HasSubstr("extends")));
}

TEST_F(Cli, PlanAsJsonHasTheShapeThatScriptsUse) {
  const ProgramResult plan = Run({"plan", "recipes/nam56r.toml", "--format", "json"});
  ASSERT_EQ(plan.exit_code, 0) << plan.err;
  const auto json = nlohmann::json::parse(plan.out);
  EXPECT_EQ(json.at("depth"), 52);
  EXPECT_EQ(json.at("counts"), nlohmann::json({{"A", 13}, {"E", 22}, {"M", 13}, {"R", 4}}));
  EXPECT_EQ(json.at("parameters").at("total"), 4726449762);
  EXPECT_EQ(json.at("parameters").at("active"), 3030902370);
  const auto& slot = json.at("slots").at(11);
  EXPECT_EQ(slot.at("index"), 11);
  EXPECT_EQ(slot.at("layer_number"), 12);
  EXPECT_EQ(slot.at("family"), "R");
  EXPECT_EQ(slot.at("family_rank"), 0);
  EXPECT_EQ(slot.at("parameters"), 8206360);
  EXPECT_EQ(slot.at("stage"), 0);
}

TEST_F(Cli, PlanUnderAPolicyUsesItsCutsAndItsDepth) {
  const ProgramResult plan = Run(
      {"plan", "recipes/nam56r-tiny.toml", "--policy", "policies/laptop.toml", "--format", "json"});
  // The laptop policy cuts 13 layers into two stages: only a recipe with written cuts allows that.
  ASSERT_EQ(plan.exit_code, 0) << plan.err;
  EXPECT_EQ(nlohmann::json::parse(plan.out).at("stages").size(), 2u);
}

TEST_F(Cli, APatternThatIsCutShowsItsCutsWithoutAPolicy) {
  const std::string recipe = Edited("recipes/nam56r-tiny.toml", "AEMEAEMEAEMR", "AEMEAEM|EAEMRA");
  const ProgramResult plan = Run({"plan", recipe});
  EXPECT_EQ(plan.exit_code, 0) << plan.err;
  EXPECT_THAT(plan.out, HasSubstr("stage 0 AEMEAEM | stage 1 EAEMRA"));
}

TEST_F(Cli, AContractTwiceHasTheSameBytes) {
  for (const char* name : {"a.json", "b.json"}) {
    const ProgramResult run = Run({"contract", "recipes/nam56r.toml", "--policy",
                                   "policies/h200x8-bf16.toml", "-o", scratch_ / name});
    ASSERT_EQ(run.exit_code, 0) << run.err;
  }
  EXPECT_EQ(Read(scratch_ / "a.json"), Read(scratch_ / "b.json"));
  const auto contract = nlohmann::json::parse(Read(scratch_ / "a.json"));
  EXPECT_EQ(contract.at("dialect"), "megatron@0.19");
  for (const char* key : {"plan", "generated_native_args", "fixed_policy", "seams", "rewrites",
                          "unresolved", "provenance", "digest"}) {
    EXPECT_TRUE(contract.contains(key)) << key;
  }
}

TEST_F(Cli, SeamsOfAContractAndOfItsInputsAreTheSame) {
  const std::string contract = scratch_ / "contract.json";
  ASSERT_EQ(Run({"contract", "recipes/nam56r.toml", "--policy", "policies/h200x8-bf16.toml", "-o",
                 contract})
                .exit_code,
            0);
  const ProgramResult text = Run({"seams", contract, "--all"});
  EXPECT_EQ(text.exit_code, 0) << text.err;
  EXPECT_THAT(text.out, AllOf(HasSubstr("m2rnn-mixer  required"), HasSubstr("12 (R0)"),
                              HasSubstr("recipes/nam56r.toml:"), HasSubstr("dualpipev")));
  const ProgramResult read = Run({"seams", contract, "--format", "json"});
  const ProgramResult compiled = Run({"seams", "recipes/nam56r.toml", "--policy",
                                      "policies/h200x8-bf16.toml", "--format", "json"});
  ASSERT_EQ(read.exit_code, 0) << read.err;
  EXPECT_EQ(read.out, compiled.out);
  EXPECT_EQ(nlohmann::json::parse(read.out).at("seams").at(0).at("id"), "m2rnn-mixer");
}

TEST_F(Cli, SeamsOfARecipeNeedAPolicyAndThoseOfAContractTakeNone) {
  const ProgramResult recipe = Run({"seams", "recipes/nam56r.toml"});
  EXPECT_NE(recipe.exit_code, 0);
  EXPECT_THAT(recipe.err, AllOf(HasSubstr("SEAM0100"), HasSubstr("add --policy")));
  const ProgramResult contract =
      Run({"seams", "contract.json", "--policy", "policies/h200x8-bf16.toml"});
  EXPECT_NE(contract.exit_code, 0);
  EXPECT_THAT(contract.err, HasSubstr("leave --policy"));
}

TEST_F(Cli, AnAbsolutePathNeverEntersAContract) {
  const std::string root = NAM56R_SOURCE_DIR;
  const ProgramResult run = Run(
      {"contract", root + "/recipes/nam56r.toml", "--policy", root + "/policies/h200x8-bf16.toml"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(run.out.find(root), std::string::npos);
}

// A key of each of the three files, misspelt.
TEST_F(Cli, AMisspeltKeyIsRefusedWithFileLineAndTheNearestKey) {
  const struct {
    const char* file;
    const char* key;
    const char* typo;
  } kCases[] = {{"recipes/nam56r.toml", "router_topk", "router_topj"},
                {"policies/h200x8-bf16.toml", "micro_batch_size", "micro_batchsize"},
                {"hosts/h200x8.toml", "gpus_per_node", "gpu_per_node"}};
  for (const auto& c : kCases) {
    const std::string edited = Edited(c.file, c.key, c.typo);
    const bool recipe = std::string(c.file).starts_with("recipes");
    const bool policy = std::string(c.file).starts_with("policies");
    const ProgramResult run = Run({"contract", recipe ? edited : "recipes/nam56r.toml", "--policy",
                                   policy ? edited : "policies/h200x8-bf16.toml", "--host",
                                   recipe || policy ? "hosts/h200x8.toml" : edited});
    EXPECT_EQ(run.exit_code, 65) << c.file;
    EXPECT_THAT(run.err, AllOf(HasSubstr(c.typo), HasSubstr(c.key)));
    EXPECT_THAT(run.err, HasSubstr(edited + ":" + std::to_string(LineOf(edited, c.typo))));
  }
}

TEST_F(Cli, APatternWithAnUnknownLetterIsRefusedWithTheLetters) {
  const std::string recipe = Edited("recipes/nam56r.toml", "AEMEAEMEAEMR", "AEMEAEMXAEMR");
  const ProgramResult run = Run({"plan", recipe});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.err, AllOf(HasSubstr("'X'"), HasSubstr("A"), HasSubstr("E"), HasSubstr("M"),
                             HasSubstr("R"), HasSubstr(recipe + ":")));
}

TEST_F(Cli, DsaRanksBeyondTheAttentionSlotsAreRefusedWithBothSides) {
  const std::string recipe = Edited("recipes/nam56r.toml", "10, 11]", "10, 13]");
  const ProgramResult run = Run({"plan", recipe, "--format", "json"});
  EXPECT_EQ(run.exit_code, 1);
  const auto json = nlohmann::json::parse(run.out);
  EXPECT_EQ(json.at("verdict"), "refused");
  const auto& finding = json.at("findings").at(0);
  EXPECT_EQ(finding.at("surface"), "plan");
  EXPECT_GE(finding.at("where").size(), 2u);
  EXPECT_FALSE(finding.at("valid").empty());
}

TEST_F(Cli, TensorParallelismThatDoesNotDivideTheHeadsIsRefusedWithBothSides) {
  const std::string policy =
      Edited("policies/h200x8-bf16.toml", "tensor_parallel = 1", "tensor_parallel = 8");
  const ProgramResult run = Run({"contract", "recipes/nam56r.toml", "--policy", policy});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.err, AllOf(HasSubstr("recipes/nam56r.toml:"), HasSubstr(policy + ":"),
                             HasSubstr("28"), HasSubstr("8")));
}

TEST_F(Cli, ChunksThatCannotBeCutAreRefusedWithTheValidOnes) {
  const std::string policy =
      Edited("policies/h200x8-bf16.toml", "pipeline_parallel = 1", "pipeline_parallel = 8");
  const ProgramResult run =
      Run({"plan", "recipes/nam56r.toml", "--policy", policy, "--format", "json"});
  EXPECT_EQ(run.exit_code, 1);
  const auto finding = nlohmann::json::parse(run.out).at("findings").at(0);
  EXPECT_FALSE(finding.at("valid").empty());
  EXPECT_GE(finding.at("where").size(), 2u);
}

TEST_F(Cli, AnUnknownDialectIsTheOnlyThingThatIsSaid) {
  const ProgramResult run = Run({"contract", "recipes/nam56r.toml", "--policy",
                                 "policies/h200x8-bf16.toml", "--dialect", "megatron@0.91"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.err,
              AllOf(HasSubstr("DIALECT0003"), HasSubstr("megatron@0.19"), HasSubstr("1 error\n")));
}

TEST_F(Cli, WhatADialectCannotExpressIsListedWithLayersAndSeams) {
  const std::string policy = Edited("policies/h200x8-bf16.toml", "  \"m2rnn-mixer\",", "");
  const ProgramResult run = Run({"contract", "recipes/nam56r.toml", "--policy", policy});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.err, AllOf(HasSubstr("DIALECT0001"), HasSubstr("m2rnn-mixer"),
                             HasSubstr("layer 12"), HasSubstr("layer 48")));
  EXPECT_EQ(run.err.find("\\n"), std::string::npos) << "a line feed was shown as its escape";
}

TEST_F(Cli, AQuotedRateIsTracedToTheCountItStandsOn) {
  const std::vector<std::string> rate = {
      "plan", "recipes/nam56r.toml", "--quoted-tflops", "265", "--gpus", "8", "--format", "json"};
  auto by_step = rate;
  by_step.insert(by_step.end(), {"--step-ms", "3111", "--sequences", "64"});
  const ProgramResult run = Run(by_step);
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const auto quoted = nlohmann::json::parse(run.out)["quoted_rate"];
  EXPECT_NEAR(quoted["flops_per_token"], 25.16e9, 0.01e9);
  EXPECT_EQ(quoted["matches"][0]["count"], "megatron 0.17, 0.18");
  EXPECT_EQ(quoted["matches"][0]["mtp_depth"], 2);
  EXPECT_NEAR(quoted["matches"][0]["relative"], 0, 0.002);

  const ProgramResult text = Run({"plan", "recipes/nam56r.toml", "--quoted-tflops", "265", "--gpus",
                                  "8", "--tokens-per-second", "84000"});
  EXPECT_THAT(text.out, HasSubstr("stands on 25.24 G operations a token"));
  std::vector<std::string> words = {
      "plan", "recipes/nam56r.toml", "--quoted-tflops", "265", "--gpus", "8", "--step-ms", "3111"};
  EXPECT_THAT(Run(words).err, HasSubstr("PLAN0101")) << "half of a way";
  words.insert(words.end(), {"--tokens-per-second", "84000"});
  EXPECT_THAT(Run(words).err, AllOf(HasSubstr("PLAN0101"), HasSubstr("given twice")));
  const ProgramResult alone = Run({"plan", "recipes/nam56r.toml", "--quoted-tflops", "265"});
  EXPECT_EQ(alone.exit_code, 1);
  EXPECT_THAT(alone.err, AllOf(HasSubstr("PLAN0101"), HasSubstr("--tokens-per-second")));
  EXPECT_EQ(Run({"plan", "recipes/nam56r.toml", "--gpus", "0"}).exit_code, 64);
}

TEST_F(Cli, ProfileIsOnePageOfAContractOrOfARecipeUnderAPolicy) {
  const fs::path file = scratch_ / "c.json";
  ASSERT_EQ(
      Run({"contract", "recipes/nam56r.toml", "--policy", "policies/h200x8-bf16.toml", "-o", file})
          .exit_code,
      0);
  const ProgramResult page = Run({"profile", file});
  EXPECT_EQ(page.exit_code, 0) << page.err;
  EXPECT_EQ(page.err, "");
  EXPECT_THAT(page.out, AllOf(HasSubstr("megatron@0.19, author"), HasSubstr("12,24,36,48"),
                              HasSubstr("expert DP 8"), HasSubstr("262,144 tokens a step")));
  EXPECT_EQ(page.out.find(scratch_.string()), std::string::npos);
  EXPECT_EQ(page.out.find('\x1b'), std::string::npos);
  EXPECT_LE(std::count(page.out.begin(), page.out.end(), '\n'), 60);

  const ProgramResult direct =
      Run({"profile", "recipes/nam56r.toml", "--policy", "policies/h200x8-bf16.toml"});
  EXPECT_EQ(direct.out, page.out);

  const ProgramResult json = Run({"profile", file, "--format", "json"});
  ASSERT_EQ(json.exit_code, 0) << json.err;
  const auto profile = nlohmann::json::parse(json.out);
  EXPECT_EQ(profile["verified"], true);
  EXPECT_EQ(profile["dsa_layers"], nlohmann::json({5, 9, 13, 21, 25, 29, 37, 41, 45}));
  EXPECT_EQ(profile["batch"]["tokens_per_step"], 262144);
}

TEST_F(Cli, ProfileRefusesWhatIsNotOne) {
  const ProgramResult recipe = Run({"profile", "recipes/nam56r.toml"});
  EXPECT_EQ(recipe.exit_code, 1);
  EXPECT_THAT(recipe.err, AllOf(HasSubstr("PROFILE0001"), HasSubstr("--policy")));
  EXPECT_EQ(Run({"profile", "recipes/nowhere.json"}).exit_code, 65);
  EXPECT_EQ(Run({"profile"}).exit_code, 64);
  const ProgramResult both = Run({"profile", "c.json", "--policy", "policies/laptop.toml"});
  EXPECT_EQ(both.exit_code, 1);
  EXPECT_THAT(both.err, HasSubstr("PROFILE0001"));
  // A path in a policy never reaches a page.
  const std::string policy = Edited("policies/laptop.toml", "dataset = \"cxx-headers\"",
                                    "dataset = \"/home/operator/data\"");
  const ProgramResult path = Run({"profile", "recipes/nam56r-tiny.toml", "--policy", policy});
  EXPECT_EQ(path.exit_code, 1);
  EXPECT_THAT(path.err, HasSubstr("CONTRACT0004"));
  EXPECT_EQ(path.out, "");
}

TEST_F(Cli, WhyAnswersWithEvidenceInPlaceAndExitsByWhetherItDoes) {
  const fs::path log = scratch_ / "rank-2.log";
  std::ofstream(log) << "start\nNameError: name 'foo' is not defined\n";
  const ProgramResult text = Run({"why", log});
  EXPECT_EQ(text.exit_code, 0) << text.err;
  EXPECT_THAT(text.out, AllOf(HasSubstr("code[WHY3701]"), HasSubstr("rank-2.log:2 (rank 2)"),
                              HasSubstr("2 | NameError: name 'foo'"), HasSubstr("= help: ")));
  const auto json = nlohmann::json::parse(Run({"why", log, "--format", "json"}).out);
  EXPECT_EQ(json["class"], "code");
  EXPECT_EQ(json["evidence"][0]["line"], 2);
  std::ofstream(log) << "nothing of note\n";
  EXPECT_EQ(Run({"why", log}).exit_code, 1);
  EXPECT_EQ(Run({"why", scratch_ / "none.log"}).exit_code, 65);
  EXPECT_EQ(Run({"why"}).exit_code, 64);
  const fs::path batch = scratch_ / "batch.jsonl";
  std::ofstream(batch) << "{\"id\":\"a\",\"text\":\"NameError: name 'x' is not defined\"}\n";
  const auto row = nlohmann::json::parse(Run({"why", "--batch", batch}).out);
  EXPECT_EQ(row["id"], "a");
  EXPECT_EQ(row["class"], "code");
  const ProgramResult page = Run({"explain", "WHY3701"});
  EXPECT_EQ(page.exit_code, 0) << page.err;
  EXPECT_THAT(page.out, HasSubstr("NameError"));
}

TEST_F(Cli, UsageMistakesExitWith64AndNameTheNearestCommand) {
  EXPECT_EQ(Run({}).exit_code, 64);
  EXPECT_EQ(Run({"plan"}).exit_code, 64);
  EXPECT_EQ(Run({"plan", "recipes/nam56r.toml", "--polcy", "x"}).exit_code, 64);
  EXPECT_EQ(Run({"plan", "recipes/nam56r.toml", "--format", "yaml"}).exit_code, 64);
  const ProgramResult run = Run({"plna", "recipes/nam56r.toml"});
  EXPECT_EQ(run.exit_code, 64);
  EXPECT_THAT(run.err, HasSubstr("did you mean 'plan'"));
}

TEST_F(Cli, AFileThatIsNotThereExitsWith65AndNamesIt) {
  const ProgramResult run = Run({"plan", "recipes/nowhere.toml"});
  EXPECT_EQ(run.exit_code, 65);
  EXPECT_THAT(run.err, HasSubstr("recipes/nowhere.toml"));
}

TEST_F(Cli, LaunchingARecipeNeedsAPolicy) {
  const ProgramResult run = Run({"launch", "recipes/nam56r-tiny.toml"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.err, HasSubstr("--policy"));
}

TEST_F(Cli, ATamperedContractIsNotLaunched) {
  const fs::path file = scratch_ / "c.json";
  ASSERT_EQ(
      Run({"contract", "recipes/nam56r-tiny.toml", "--policy", "policies/laptop.toml", "-o", file})
          .exit_code,
      0);
  std::string text = Read(file);
  const std::string needle = "\"micro_batch_size\"";
  const std::size_t at = text.find_first_of("0123456789", text.find(needle));
  ASSERT_NE(at, std::string::npos);
  text[at] = text[at] == '1' ? '2' : '1';
  std::ofstream(file) << text;
  const ProgramResult run = Run({"launch", file, "--dry-run"});
  EXPECT_NE(run.exit_code, 0);
  EXPECT_THAT(run.err, HasSubstr("was changed after it was compiled"));
}

TEST_F(Cli, ControlCharactersOfAnInputNeverReachTheTerminal) {
  const fs::path recipe = scratch_ / "evil.toml";
  std::ofstream(recipe) << "[model]\n\"na\\u001b[31mme\" = 1\n";
  const ProgramResult run = Run({"plan", recipe});
  EXPECT_EQ(run.exit_code, 65);
  EXPECT_EQ(run.err.find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace nam56r::tests
