// `nam56r probe` as a person and a script run it, on whatever machine the tests run on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "src/base/temporary_directory.h"
#include "tests/run_program.h"

namespace nam56r::tests {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

class ProbeCommand : public ::testing::Test {
 protected:
  static ProgramResult Run(std::vector<std::string> words) {
    words.insert(words.begin(), {NAM56R_PROGRAM, "probe"});
    return RunProgram(words, NAM56R_SOURCE_DIR);
  }
  std::string File(const std::string& name, const std::string& text) const {
    const fs::path path = folder_.path() / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path) << text;
    return path;
  }

  base::TemporaryDirectory folder_;
};

TEST_F(ProbeCommand, ShowsThisMachine) {
  const auto result = Run({"--local"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("machine\n"), HasSubstr("processors"),
                                HasSubstr("not seen\n"), HasSubstr("items probed in"),
                                HasSubstr("drift: not compared, neither a contract nor a run")));
  const auto all = Run({"--local", "--all"});
  EXPECT_THAT(all.out, HasSubstr("limits.open_files.soft"));
}

TEST_F(ProbeCommand, RefusesAMachineThatIsNotTheStatedOne) {
  const std::string host =
      File("host.toml", "[machine]\nname = \"x\"\ncores = 65536\n[network]\ninterface = \"no0\"\n");
  const auto result = Run({"--local", "--host", host, "--format", "json"});
  EXPECT_EQ(result.exit_code, 1);
  const json answer = json::parse(result.out);
  EXPECT_EQ(answer["verdict"], "refused");
  EXPECT_EQ(answer["probe"]["format"], "nam56r.probe/1");
  std::vector<std::string> codes;
  for (const json& finding : answer["findings"]) codes.push_back(finding["code"]);
  EXPECT_THAT(codes, ::testing::IsSupersetOf({"PROBE0012", "PROBE0013"}));
  for (const json& finding : answer["findings"]) {
    if (finding["code"] != "PROBE0012") continue;
    EXPECT_EQ(finding["where"][0]["line"], 3);
  }
}

TEST_F(ProbeCommand, ComparesWithAnEarlierRun) {
  json kept = json::parse(Run({"--local", "--format", "json"}).out)["probe"];
  const auto receipt = [&](const json& probe) {
    File("runs/r1/receipt.json", json{{"format", "nam56r.receipt/1"},
                                      {"name", "n"},
                                      {"digest", "sha256:x"},
                                      {"dialect", "native"},
                                      {"started", "2026-08-01T12:00:00Z"},
                                      {"world_size", 1}}
                                     .dump());
    File("runs/r1/proof.json", json{{"probe", probe}}.dump());
  };
  const std::vector<std::string> against = {"--local", "--against", "r1", "--runs",
                                            (folder_.path() / "runs").string()};
  receipt(kept);
  const auto same = Run(against);
  EXPECT_EQ(same.exit_code, 0) << same.out << same.err;
  EXPECT_THAT(same.out, HasSubstr("drift: none since r1"));

  for (json& item : kept["items"]) {
    if (item["item"] == "system") item["facts"]["kernel"] = "1.0.9";
  }
  receipt(kept);
  const auto other = Run(against);
  EXPECT_EQ(other.exit_code, 1);
  EXPECT_THAT(other.out, AllOf(HasSubstr("system.kernel\n    - 1.0.9\n    + "),
                               HasSubstr("PROBE0010"), HasSubstr("--accept-drift system.kernel")));
  auto accepted = against;
  accepted.insert(accepted.end(), {"--accept-drift", "system.kernel"});
  EXPECT_EQ(Run(accepted).exit_code, 0);
  accepted.back() = "system.kernal";
  const auto misspelt = Run(accepted);
  EXPECT_EQ(misspelt.exit_code, 1);
  EXPECT_THAT(misspelt.out, HasSubstr("did you mean 'system.kernel'?"));

  fs::remove(folder_.path() / "runs/r1/proof.json");
  const auto none = Run(against);
  EXPECT_EQ(none.exit_code, 1);
  EXPECT_THAT(none.err, AllOf(HasSubstr("PROBE0100"), HasSubstr("keeps no probe")));
}

TEST_F(ProbeCommand, WritesAHostFileThatItAccepts) {
  const std::string file = (folder_.path() / "written.toml").string();
  ASSERT_EQ(Run({"--local", "--write-host", file}).exit_code, 0);
  const auto again = Run({"--local", "--host", file});
  EXPECT_EQ(again.exit_code, 0) << again.out << again.err;
  const auto twice = Run({"--local", "--write-host", file});
  EXPECT_EQ(twice.exit_code, 1);
  EXPECT_THAT(twice.err, HasSubstr("--force"));
  EXPECT_EQ(Run({"--local", "--write-host", file, "--force"}).exit_code, 0);
}

TEST_F(ProbeCommand, RefusesWrongUsage) {
  struct Case {
    std::vector<std::string> words;
    int code;
    const char* says;
  };
  const std::vector<Case> cases = {
      {{"--hots", "x"}, 64, "--hots"},
      {{"--format", "sarif"}, 64, "sarif"},
      {{"--with-paths"}, 1, "--write-host"},
      {{"--policy", "policies/laptop.toml"}, 1, "--contract RECIPE"},
      {{"--contract", "recipes/nam56r-tiny.toml"}, 1, "--policy"},
      {{"--against", "none"}, 1, "LAUNCH0011"},
      {{"--local", "--accept-drift", "sytem"}, 1, "did you mean 'system'?"},
      {{"--host", "hosts/none.toml"}, 65, "BASE0001"},
  };
  for (const Case& one : cases) {
    const auto result = Run(one.words);
    EXPECT_EQ(result.exit_code, one.code) << one.says;
    EXPECT_THAT(result.out + result.err, HasSubstr(one.says));
  }
}

}  // namespace
}  // namespace nam56r::tests
