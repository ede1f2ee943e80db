// A real training on a real Slurm cluster: two nodes on this machine, by tools/slurm-cluster.sh.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "tests/narrow_recipe.h"
#include "tests/run_program.h"

namespace nam56r::tests {
namespace {

using ::testing::HasSubstr;
namespace fs = std::filesystem;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

// Enough for a loaded machine to begin; what is measured is from a fault to its end.
constexpr auto kBegin = 60s;
constexpr auto kEnd = 5s;

std::string Read(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

bool WaitUntil(auto&& condition, std::chrono::milliseconds limit) {
  const auto end = Clock::now() + limit;
  while (!condition()) {
    if (Clock::now() > end) return false;
    std::this_thread::sleep_for(20ms);
  }
  return true;
}

class Slurm : public ::testing::Test {
 protected:
  static constexpr const char* kScript = NAM56R_SOURCE_DIR "/tools/slurm-cluster.sh";

  static void SetUpTestSuite() {
    const ProgramResult can = RunProgram({kScript, "can"});
    if (can.exit_code != 0) {
      why_not_ = new std::string(can.err);
      return;
    }
    std::string pattern = (fs::temp_directory_path() / "nam56r-slurm-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    scratch_ = new fs::path(pattern);
    const ProgramResult started =
        RunProgram({kScript, "start", "--while", std::to_string(getpid()), Cluster()}, "", 60s);
    ASSERT_EQ(started.exit_code, 0) << started.err;
    setenv("SLURM_CONF", (Cluster() + "/slurm.conf").c_str(), 1);
    std::ofstream(*scratch_ / "narrow.toml") << kNarrowRecipe;
    std::ofstream(*scratch_ / "two.toml") << "[machine]\nname = \"two\"\nnodes = 2\n";
    const ProgramResult built = Run({"data", "build", "cxx-headers"});
    ASSERT_EQ(built.exit_code, 0) << built.err;
  }
  static void TearDownTestSuite() {
    if (scratch_ == nullptr) return;
    RunProgram({kScript, "stop", Cluster()});
    fs::remove_all(*scratch_);
  }
  void SetUp() override {
    if (why_not_ != nullptr) GTEST_SKIP() << *why_not_;
  }

  static std::string Cluster() { return *scratch_ / "cluster"; }
  static std::vector<std::string> Words(std::vector<std::string> words) {
    words.insert(words.begin(), {"/usr/bin/env", "XDG_CACHE_HOME=" + (*scratch_ / "cache").string(),
                                 NAM56R_PROGRAM});
    return words;
  }
  static ProgramResult Run(std::vector<std::string> words) {
    return RunProgram(Words(std::move(words)), *scratch_, 120s);
  }
  static std::string Policy(int steps) {
    const std::string file = *scratch_ / ("policy-" + std::to_string(steps) + ".toml");
    std::ofstream(file) << "[run]\nname = \"narrow\"\nbackend = \"native\"\n[layout]\n"
                           "world_size = 4\npipeline_parallel = 2\nexpert_parallel = 2\n[batch]\n"
                           "micro_batch_size = 2\nglobal_batch_size = 8\ntrain_iters = "
                        << steps
                        << "\n[mtp]\ndepth = 1\n[precision]\ncompute = \"fp32\"\n[optimizer]\n"
                           "lr = 1e-3\nmin_lr = 1e-3\n[data]\ndataset = \"cxx-headers\"\n"
                           "split = \"95,5,0\"\neval_iters = 2\n";
    return file;
  }

  // Processes of |name| whose command line or environment names this test's directory.
  static std::set<pid_t> Processes(const std::string& name) {
    std::set<pid_t> pids;
    for (const auto& entry : fs::directory_iterator("/proc")) {
      const std::string pid = entry.path().filename();
      if (pid.find_first_not_of("0123456789") != std::string::npos) continue;
      const std::string line = Read(entry.path() / "cmdline");
      if (line.find(name) == std::string::npos ||
          line.find(scratch_->string()) == std::string::npos)
        continue;
      pids.insert(static_cast<pid_t>(std::stol(pid)));
    }
    return pids;
  }
  static std::set<pid_t> Workers() { return Processes("nam56r-worker"); }

  // A launch on both nodes that would train for long; all four ranks have begun.
  void StartLong(int steps) {
    std::vector<std::string> words = Words({"launch", "narrow.toml", "--policy", Policy(steps),
                                            "--host", "two.toml", "--engine", "slurm"});
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    const std::string log = *scratch_ / "launch.log";
    launcher_ = fork();
    if (launcher_ == 0) {
      if (chdir(scratch_->c_str()) != 0 || freopen(log.c_str(), "w", stdout) == nullptr ||
          freopen(log.c_str(), "a", stderr) == nullptr) {
        _exit(126);
      }
      execv(argv[0], argv.data());
      _exit(127);
    }
    ASSERT_TRUE(WaitUntil(
        [&] { return Workers().size() == 4 && Read(log).find("step 1") != std::string::npos; },
        kBegin))
        << Read(log);
    const std::string said = Read(log);
    const std::size_t at = said.find("receipt  ") + 9;
    receipt_ = said.substr(at, said.find('\n', at) - at);
  }
  // The receipt's outcome, which must come soon, and leave no process.
  nlohmann::json Outcome() {
    EXPECT_TRUE(WaitUntil(
        [&] {
          return fs::exists(receipt_ / "outcome.json") &&
                 fs::file_size(receipt_ / "outcome.json") > 0;
        },
        kEnd));
    EXPECT_TRUE(WaitUntil(
        [&] { return Workers().empty() && Processes("slurm-rank").empty(); },
        std::chrono::duration_cast<std::chrono::milliseconds>(kEnd - (Clock::now() - fault_))));
    auto outcome = nlohmann::json::parse(Read(receipt_ / "outcome.json"), nullptr, false);
    return outcome.is_object() ? outcome : nlohmann::json::object();
  }
  int LauncherExit() {
    int status = 0;
    waitpid(launcher_, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  void Fault() { fault_ = Clock::now(); }

  pid_t launcher_ = -1;
  fs::path receipt_;
  Clock::time_point fault_;
  static fs::path* scratch_;
  static std::string* why_not_;
};
fs::path* Slurm::scratch_ = nullptr;
std::string* Slurm::why_not_ = nullptr;

TEST_F(Slurm, TwoNodesGiveTheLossesOfOneMachine) {
  const auto losses = [&](std::vector<std::string> more) {
    std::vector<std::string> words = {"launch",  "narrow.toml", "--policy",
                                      Policy(5), "--format",    "json"};
    words.insert(words.end(), more.begin(), more.end());
    const ProgramResult run = Run(words);
    EXPECT_EQ(run.exit_code, 0) << run.err << run.out;
    std::vector<std::string> lines;
    if (run.exit_code != 0) return lines;
    const fs::path receipt = nlohmann::json::parse(run.out).at("receipt").get<std::string>();
    std::ifstream metrics(receipt / "metrics.jsonl");
    for (std::string line; std::getline(metrics, line);) {
      const auto metric = nlohmann::json::parse(line);
      if (metric.at("event") != "step") continue;
      lines.push_back(metric.at("loss").dump() + " " + metric.at("mtp_loss").dump() + " " +
                      metric.at("grad_norm").dump());
    }
    return lines;
  };
  const auto here = losses({});
  const auto there = losses({"--engine", "slurm", "--host", "two.toml"});
  EXPECT_EQ(here.size(), 5u);
  EXPECT_EQ(here, there);
}

TEST_F(Slurm, AKilledRankEndsTheRun) {
  StartLong(1000000);
  if (HasFatalFailure()) return;
  Fault();
  kill(*Workers().begin(), SIGKILL);
  const auto outcome = Outcome();
  EXPECT_EQ(outcome.value("status", ""), "failed");
  EXPECT_THAT(outcome.value("reason", ""), HasSubstr("was killed by SIGKILL"));
  EXPECT_EQ(outcome.value("ending", ""), "rank-signal");
  EXPECT_EQ(outcome.value("named_ranks", nlohmann::json()).size(), 1u);
  EXPECT_EQ(LauncherExit(), 1);
}

TEST_F(Slurm, ALostSlurmdEndsTheRunOnBothNodes) {
  StartLong(1000001);
  if (HasFatalFailure()) return;
  Fault();
  kill(static_cast<pid_t>(std::stol(Read(Cluster() + "/slurmd.n2.pid"))), SIGKILL);
  const auto outcome = Outcome();
  EXPECT_EQ(outcome.value("status", ""), "failed");
  EXPECT_THAT(outcome.value("reason", ""), HasSubstr("node n2 does not answer"));
  EXPECT_EQ(outcome.value("ending", ""), "node-lost");
  EXPECT_EQ(outcome.value("named_ranks", nlohmann::json()), nlohmann::json({2, 3}));
  EXPECT_EQ(LauncherExit(), 1);
  RunProgram({kScript, "revive", Cluster(), "n2"});
}

TEST_F(Slurm, AKilledLauncherTakesTheJobWithIt) {
  StartLong(1000002);
  if (HasFatalFailure()) return;
  Fault();
  kill(launcher_, SIGKILL);
  const auto outcome = Outcome();
  EXPECT_EQ(outcome.value("status", ""), "interrupted");
  EXPECT_EQ(outcome.value("ending", ""), "requested");
  EXPECT_EQ(LauncherExit(), -1);
}

TEST_F(Slurm, AKilledBatchProgramLeavesNoRankAndAnOutcome) {
  StartLong(1000003);
  if (HasFatalFailure()) return;
  std::set<pid_t> batch;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const std::string line = Read(entry.path() / "cmdline");
    if (line.find(std::string("slurm-batch") + '\0' + Cluster()) != std::string::npos)
      batch.insert(static_cast<pid_t>(std::stol(entry.path().filename())));
  }
  ASSERT_FALSE(batch.empty());
  Fault();
  for (const pid_t pid : batch) kill(pid, SIGKILL);
  const auto outcome = Outcome();
  EXPECT_EQ(outcome.value("status", ""), "failed");
  EXPECT_THAT(outcome.value("reason", ""), HasSubstr("left no outcome"));
  EXPECT_EQ(LauncherExit(), 1);
}

TEST(SlurmRefusals, WhatCannotBeSubmittedIsSaid) {
  const ProgramResult by_hand = RunProgram({NAM56R_PROGRAM, "slurm-rank", "nowhere"});
  EXPECT_NE(by_hand.exit_code, 0);
  EXPECT_THAT(by_hand.err, HasSubstr("LAUNCH0308"));
}

}  // namespace
}  // namespace nam56r::tests
