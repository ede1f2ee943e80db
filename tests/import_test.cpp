// nam56r import and nam56r contract --emit-script, as a person runs them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "src/base/temporary_directory.h"
#include "tests/run_program.h"

namespace nam56r::tests {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
namespace fs = std::filesystem;

class ImportCommand : public ::testing::Test {
 protected:
  static ProgramResult Run(std::vector<std::string> words) {
    words.insert(words.begin(), NAM56R_PROGRAM);
    return RunProgram(words, NAM56R_SOURCE_DIR);
  }
  std::string Path(const std::string& name) const { return (scratch_ / name).string(); }
  std::string Write(const std::string& name, const std::string& text) const {
    std::ofstream(scratch_ / name, std::ios::binary) << text;
    return Path(name);
  }
  static std::string Read(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  static json Json(const fs::path& file) { return json::parse(Read(file)); }

  const base::TemporaryDirectory folder_;
  const fs::path scratch_ = folder_.path();
};

TEST_F(ImportCommand, AnEmittedScriptIsReadBackAsTheSameContract) {
  const std::string script = Path("launch.sh");
  const ProgramResult emitted =
      Run({"contract", "recipes/nam56r.toml", "--policy", "policies/h200x8-bf16.toml", "--dialect",
           "megatron@0.19", "-o", Path("a.json"), "--emit-script", script});
  ASSERT_EQ(emitted.exit_code, 0) << emitted.err;
  // Bash itself agrees that it is a script.
  EXPECT_EQ(RunProgram({"/bin/bash", "-n", script}).exit_code, 0);
  // And it asks for what the host decides, before it does anything.
  EXPECT_THAT(RunProgram({"/usr/bin/env", "-i", "/bin/bash", script}).err,
              HasSubstr("NAM56R_HOST_"));

  const ProgramResult import =
      Run({"import", script, "--dialect", "megatron@0.19", "-o", Path("again")});
  EXPECT_EQ(import.exit_code, 0) << import.out << import.err;
  EXPECT_THAT(import.out, Not(HasSubstr("could not place")));
  const ProgramResult again =
      Run({"contract", Path("again/recipe.toml"), "--policy", Path("again/policy.toml"),
           "--dialect", "megatron@0.19", "-o", Path("b.json")});
  ASSERT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(Json(Path("a.json")).at("digest"), Json(Path("b.json")).at("digest"));
  EXPECT_EQ(Run({"diff", Path("a.json"), Path("b.json")}).exit_code, 0);

  struct stat status {};
  ASSERT_EQ(stat(Path("again/host.toml").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777u, 0600u) << "the host's facts are private";
}

TEST_F(ImportCommand, FilesThatAreThereStayUnlessForced) {
  const std::string script = Write(
      "run.sh", "torchrun --nproc_per_node 2 pretrain_hybrid.py --lr 1e-3 --hidden-size 64\n");
  Write("recipe.toml", "mine");
  const ProgramResult refused =
      Run({"import", script, "--dialect", "megatron@0.19", "-o", scratch_.string()});
  EXPECT_NE(refused.exit_code, 0);
  EXPECT_THAT(refused.err, AllOf(HasSubstr("SCRIPT0008"), HasSubstr("--force")));
  EXPECT_EQ(Read(scratch_ / "recipe.toml"), "mine");
  EXPECT_FALSE(fs::exists(scratch_ / "policy.toml")) << "all three or none";
  Run({"import", script, "--dialect", "megatron@0.19", "-o", scratch_.string(), "--force"});
  EXPECT_THAT(Read(scratch_ / "recipe.toml"),
              HasSubstr("hidden_size = 64  # run.sh:1 --hidden-size"));
}

TEST_F(ImportCommand, WhatHasNoPlaceIsPrintedWithItsLineAndEscaped) {
  const std::string script =
      Write("run.sh",
            "source env.sh\npython pretrain_hybrid.py --hidden-siz 64 --lr 1e-3 \\\n"
            "  --title $'\\e[31mred' --bf16\n");
  const ProgramResult text = Run({"import", script, "--dialect", "megatron@0.19"});
  EXPECT_EQ(text.exit_code, 1);
  EXPECT_THAT(text.out, AllOf(HasSubstr("could not place"), HasSubstr("--hidden-siz 64"),
                              HasSubstr("nearest: --hidden-size"), HasSubstr("source env.sh")));
  EXPECT_THAT(text.out, Not(HasSubstr("\x1b[31m")));
  const json parsed =
      json::parse(Run({"--format", "json", "import", script, "--dialect", "megatron@0.19"}).out);
  EXPECT_FALSE(parsed.at("fields").contains("recipe.model.hidden_size"));
  EXPECT_EQ(parsed.at("complete"), false);
  bool seen = false;
  for (const json& one : parsed.at("unplaced")) {
    if (one.at("what") != "--hidden-siz 64") continue;
    seen = true;
    EXPECT_EQ(one.at("line"), 2);
    EXPECT_EQ(one.at("nearest"), "--hidden-size");
  }
  EXPECT_TRUE(seen);
}

// The file gets the host's values; what is printed may be logged.
TEST_F(ImportCommand, SecretsAreWrittenAndNotPrinted) {
  const std::string script =
      Write("run.sh",
            "export MY_API_TOKEN=opensesame\npython pretrain_hybrid.py --lr 1e-3 --load "
            "s3://user:opensesame@store/ckpt --hub-token opensesame --hidden-size 64\n");
  const ProgramResult text =
      Run({"import", script, "--dialect", "megatron@0.19", "-o", Path("out"), "--world", "1"});
  const ProgramResult parsed =
      Run({"import", script, "--dialect", "megatron@0.19", "--format", "json", "--world", "1"});
  // Warnings on a terminal still quote the script's own line (base/render.cpp).
  EXPECT_THAT(text.out + parsed.out + parsed.err, Not(HasSubstr("opensesame")));
  EXPECT_THAT(parsed.out, HasSubstr("(withheld)"));
  EXPECT_THAT(Read(Path("out/host.toml")), HasSubstr("opensesame"));
}

TEST_F(ImportCommand, WrongUsageIsRefused) {
  const std::string script = Write("run.sh", "echo hello\n");
  EXPECT_EQ(Run({"import", script}).exit_code, 64) << "no dialect";
  EXPECT_EQ(Run({"import", script, "--dialect", "megatron@0.19", "--world", "0"}).exit_code, 64);
  const ProgramResult nothing = Run({"import", script, "--dialect", "megatron@0.19"});
  EXPECT_EQ(nothing.exit_code, 65);
  EXPECT_THAT(nothing.err, HasSubstr("SCRIPT0001"));
  EXPECT_EQ(Run({"import", Path("no"), "--dialect", "megatron@0.19"}).exit_code, 65);
  EXPECT_THAT(Run({"import", script, "--dialect", "megatron@0.19", "--env", "X"}).err,
              HasSubstr("NAME=VALUE"));
  const std::string run = Write("x.sh", "python pretrain_hybrid.py --lr 1\n");
  EXPECT_THAT(Run({"import", run, "--dialect", "megatron@0.19", "--line", "-1"}).err,
              HasSubstr("SCRIPT0008"));
  const std::string argv = Write("x.args", "--lr 1 --hidden-size 64\n");
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {"--line", "1"}, {"--here-document", "1"}, {"--env", "A=1"}}) {
    std::vector<std::string> line = {"import", argv, "--dialect", "megatron@0.19"};
    line.insert(line.end(), words.begin(), words.end());
    EXPECT_THAT(Run(line).err, HasSubstr("SCRIPT0008")) << words[0];
  }
  EXPECT_THAT(Run({"import", run, "--dialect", "megatron@0.91"}).err, HasSubstr("DIALECT0003"));
}

}  // namespace
}  // namespace nam56r::tests
