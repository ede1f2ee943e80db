// diff, explain and the published schema, as a person and a script run them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/run_program.h"

namespace nam56r::tests {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
namespace fs = std::filesystem;

class DiffAndExplain : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "nam56r-diff-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    scratch_ = pattern;
  }
  void TearDown() override { fs::remove_all(scratch_); }

  static ProgramResult Run(std::vector<std::string> words) {
    words.insert(words.begin(), NAM56R_PROGRAM);
    return RunProgram(words, NAM56R_SOURCE_DIR);
  }

  std::string Compiled(const std::string& name, const std::string& policy) const {
    const std::string file = scratch_ / name;
    const ProgramResult run =
        Run({"contract", "recipes/nam56r.toml", "--policy", policy, "-o", file});
    EXPECT_EQ(run.exit_code, 0) << run.err;
    return file;
  }

  // What a run leaves behind, as far as diff reads it.
  std::string Receipt(const std::string& name, const std::string& contract, int cores) const {
    const fs::path directory = scratch_ / name;
    fs::create_directory(directory);
    fs::copy_file(contract, directory / "contract.json");
    std::ofstream(directory / "host.json")
        << nlohmann::json{{"machine", {{"name", "here"}, {"cores", cores}}}};
    std::ofstream(directory / "receipt.json") << nlohmann::json{
        {"format", "nam56r.receipt/1"},
        {"name", "n"},
        {"digest", "sha256:0"},
        {"dialect", "native"},
        {"world_size", 4},
        {"started", "2026-08-01T12:00:00Z"},
        {"launcher", {{"pid", 1}, {"boot_id", "b"}, {"start_ticks", 1}, {"hostname", "h"}}}};
    std::ofstream(directory / "outcome.json") << nlohmann::json{{"status", "succeeded"}};
    return directory;
  }

  fs::path scratch_;
};

TEST_F(DiffAndExplain, ExitCodesSayWhetherContractsDiffer) {
  const std::string bf16 = Compiled("bf16.json", "policies/h200x8-bf16.toml");
  const std::string fp8 = Compiled("fp8.json", "policies/h200x8-fp8.toml");
  const ProgramResult same = Run({"diff", bf16, bf16});
  EXPECT_EQ(same.exit_code, 0) << same.err;
  EXPECT_THAT(same.out, HasSubstr("Nothing changed"));

  const ProgramResult different = Run({"diff", bf16, fp8});
  EXPECT_EQ(different.exit_code, 2) << different.err;
  EXPECT_THAT(different.out, AllOf(HasSubstr("~ precision.compute"), HasSubstr("bf16 -> fp8"),
                                   HasSubstr("+ --fp8-format"), Not(HasSubstr("\x1b["))));
  EXPECT_THAT(different.out, HasSubstr("policies/h200x8-bf16.toml:"));

  const ProgramResult json = Run({"diff", bf16, fp8, "--format", "json"});
  EXPECT_EQ(json.exit_code, 2);
  const auto diff = nlohmann::json::parse(json.out);
  EXPECT_EQ(diff.at("verdict"), "different");
  EXPECT_EQ(diff.at("a").at("dialect"), "megatron@0.19");

  const ProgramResult no_contract = Run({"diff", bf16, "recipes/nam56r.toml"});
  EXPECT_EQ(no_contract.exit_code, 65);
  EXPECT_EQ(Run({"diff", bf16, "not/there.json"}).exit_code, 65);
  EXPECT_EQ(Run({"diff", bf16, "recipes"}).exit_code, 65);  // a directory, no receipt
  EXPECT_EQ(Run({"diff", bf16}).exit_code, 64);
}

TEST_F(DiffAndExplain, AContractThatWasEditedIsRefused) {
  const std::string good = Compiled("good.json", "policies/h200x8-bf16.toml");
  std::ifstream in(good);
  auto document = nlohmann::json::parse(in);
  document["plan"]["depth"] = 53;
  const std::string edited = scratch_ / "edited.json";
  std::ofstream(edited) << document;
  const ProgramResult diff = Run({"diff", good, edited});
  EXPECT_EQ(diff.exit_code, 1);
  EXPECT_THAT(diff.err, HasSubstr("CONTRACT0002"));
}

// Whoever compares or shows a contract is told when this version would write another.
TEST_F(DiffAndExplain, AContractOfAnotherVersionIsShownWithAWarning) {
  const std::string good = Compiled("good.json", "policies/h200x8-bf16.toml");
  std::ifstream in(good);
  auto document = nlohmann::json::parse(in);
  document["rewrites"].erase(0);
  const std::string other = scratch_ / "other.json";
  std::ofstream(other) << document;
  // The refusal says what the digest would be.
  const std::string refusal = Run({"diff", good, other}).err;
  const std::string mark = "its contents give ";
  const std::size_t at = refusal.find(mark);
  ASSERT_NE(at, std::string::npos) << refusal;
  document["digest"] = refusal.substr(at + mark.size(), std::string("sha256:").size() + 64);
  std::ofstream(other) << document;
  const ProgramResult diff = Run({"diff", good, other});
  EXPECT_EQ(diff.exit_code, 2);
  EXPECT_THAT(diff.out, HasSubstr("different versions"));
  EXPECT_THAT(diff.err, AllOf(HasSubstr("warning"), HasSubstr("CONTRACT0006")));
  for (const char* command : {"seams", "profile"}) {
    const ProgramResult shown = Run({command, other});
    EXPECT_EQ(shown.exit_code, 0) << command << shown.err;
    EXPECT_THAT(shown.err, HasSubstr("CONTRACT0006")) << command;
    EXPECT_EQ(Run({command, good}).err, "") << command;
  }
}

TEST_F(DiffAndExplain, ReceiptsOfOneContractDifferInTheirHosts) {
  const std::string contract = Compiled("c.json", "policies/h200x8-bf16.toml");
  const std::string one = Receipt("one", contract, 8);
  const std::string two = Receipt("two", contract, 16);
  const ProgramResult diff = Run({"diff", one, two});
  EXPECT_EQ(diff.exit_code, 2) << diff.err;
  EXPECT_THAT(diff.out, AllOf(HasSubstr("Only the host changed."), HasSubstr("machine.cores"),
                              HasSubstr("8 -> 16")));
  EXPECT_EQ(Run({"diff", one, contract}).exit_code, 0);
  std::ofstream(fs::path(two) / "host.json") << std::string(100000, '[');
  EXPECT_EQ(Run({"diff", one, two}).exit_code, 65);
  std::string deep;
  for (int i = 0; i < 20000; ++i) deep += "{\"a\":";
  std::ofstream(fs::path(two) / "host.json") << deep + "1" + std::string(20000, '}');
  EXPECT_EQ(Run({"diff", one, two}).exit_code, 65);
}

TEST_F(DiffAndExplain, ExplainTakesFlagsWhereverTheyStand) {
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"explain", "--hidden-size"},
        {"explain", "--hidden-size", "--format", "text"},
        {"--format", "text", "explain", "--hidden-size"},
        {"explain", "--format", "text", "--hidden-size"},
        {"explain", "--", "--hidden-size"},
        {"explain", "hidden_size"}}) {
    const ProgramResult run = Run(words);
    EXPECT_EQ(run.exit_code, 0) << run.err;
    EXPECT_THAT(run.out, AllOf(HasSubstr("--hidden-size  (flag)"), HasSubstr("megatron@0.16"),
                               HasSubstr("recipe.model.hidden_size")));
  }
  const ProgramResult json = Run({"explain", "--lr", "--format", "json"});
  EXPECT_EQ(json.exit_code, 0) << json.err;
  EXPECT_EQ(nlohmann::json::parse(json.out).at("explanations").at(0).at("name"), "--lr");
}

TEST_F(DiffAndExplain, ExplainTakesEveryOtherKindOfName) {
  const struct {
    const char* name;
    const char* says;
  } kCases[] = {{"NCCL_IB_SL", "(variable)"},   {"moe.num_experts", "(field)"}, {"moe", "(table)"},
                {"LAYOUT0007", "(code)"},       {"m2rnn-mixer", "(seam)"},      {"R", "(family)"},
                {"megatron@0.17", "(dialect)"}, {"policy.optimizer.lr", "--lr"}};
  for (const auto& c : kCases) {
    const ProgramResult run = Run({"explain", c.name});
    EXPECT_EQ(run.exit_code, 0) << run.err;
    EXPECT_THAT(run.out, HasSubstr(c.says)) << c.name;
  }
  const ProgramResult unknown = Run({"explain", "--hiden-size"});
  EXPECT_EQ(unknown.exit_code, 1);
  EXPECT_THAT(unknown.err, AllOf(HasSubstr("EXPLAIN0001"), HasSubstr("--hidden-size")));
  EXPECT_EQ(Run({"explain"}).exit_code, 64);
}

TEST_F(DiffAndExplain, TheSchemaIsPrintedWithoutAnyInput) {
  const ProgramResult run = Run({"contract", "--schema"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  std::ifstream in(fs::path(NAM56R_SOURCE_DIR) / "docs/contract.schema.json");
  std::stringstream published;
  published << in.rdbuf();
  EXPECT_TRUE(run.out == published.str());
  EXPECT_EQ(Run({"contract"}).exit_code, 64);
  EXPECT_EQ(Run({"contract", "recipes/nam56r.toml"}).exit_code, 64);
}

// The digest is of the contract: no host changes it.
TEST_F(DiffAndExplain, NoHostChangesTheDigest) {
  std::vector<std::string> outputs;
  for (const char* host : {"hosts/h200x8.toml", "hosts/gb10.toml", "hosts/laptop.toml"}) {
    const ProgramResult run = Run({"contract", "recipes/nam56r.toml", "--policy",
                                   "policies/h200x8-bf16.toml", "--host", host});
    EXPECT_EQ(run.exit_code, 0) << run.err;
    outputs.push_back(run.out);
  }
  EXPECT_EQ(outputs[0], outputs[1]);
  EXPECT_EQ(outputs[0], outputs[2]);
}

}  // namespace
}  // namespace nam56r::tests
