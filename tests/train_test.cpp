// From recipe to receipt with real processes: a narrow model of all four families on real text.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
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

std::string Read(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<nlohmann::json> ReadLines(const fs::path& file) {
  std::vector<nlohmann::json> objects;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) objects.push_back(nlohmann::json::parse(line));
  return objects;
}

class Train : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    std::string pattern = (fs::temp_directory_path() / "nam56r-train-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    scratch_ = new fs::path(pattern);
    std::ofstream(*scratch_ / "narrow.toml") << kNarrowRecipe;
    const ProgramResult built = Run({"data", "build", "cxx-headers"});
    ASSERT_EQ(built.exit_code, 0) << built.err;
  }
  static void TearDownTestSuite() {
    fs::remove_all(*scratch_);
    delete scratch_;
  }

  // Caches below the scratch directory; receipts too, because that is the working directory.
  static std::vector<std::string> Words(std::vector<std::string> words) {
    words.insert(words.begin(), {"/usr/bin/env", "XDG_CACHE_HOME=" + (*scratch_ / "cache").string(),
                                 NAM56R_PROGRAM});
    return words;
  }
  static ProgramResult Run(std::vector<std::string> words) {
    return RunProgram(Words(std::move(words)), *scratch_, 240s);
  }

  static std::string Policy(int ranks, int pp, int ep, int steps) {
    const std::string file =
        *scratch_ / ("policy-" + std::to_string(ranks) + "-" + std::to_string(steps) + ".toml");
    std::ofstream(file)
        << "[run]\nname = \"narrow\"\nbackend = \"native\"\n[layout]\nworld_size = " << ranks
        << "\npipeline_parallel = " << pp << "\nexpert_parallel = " << ep
        << "\n[batch]\nmicro_batch_size = 2\nglobal_batch_size = 8\ntrain_iters = " << steps
        << "\n[mtp]\ndepth = 1\n[precision]\ncompute = \"fp32\"\n[optimizer]\nlr = 1e-3\n"
           "min_lr = 1e-3\n[data]\ndataset = \"cxx-headers\"\nsplit = \"95,5,0\"\n"
           "eval_iters = 2\n";
    return file;
  }

  static nlohmann::json Launch(const std::string& policy) {
    const ProgramResult run =
        Run({"launch", "narrow.toml", "--policy", policy, "--format", "json"});
    EXPECT_EQ(run.exit_code, 0) << run.err;
    return run.exit_code == 0 ? nlohmann::json::parse(run.out) : nlohmann::json();
  }

  static std::vector<nlohmann::json> StepsOf(const nlohmann::json& result) {
    std::vector<nlohmann::json> steps;
    for (const auto& metric :
         ReadLines(fs::path(result.at("receipt").get<std::string>()) / "metrics.jsonl")) {
      if (metric.at("event") == "step") steps.push_back(metric);
    }
    return steps;
  }

  // Processes whose command line contains |text|.
  static std::set<pid_t> ProcessesOf(const std::string& text) {
    std::set<pid_t> pids;
    for (const auto& entry : fs::directory_iterator("/proc")) {
      const std::string name = entry.path().filename();
      if (name.find_first_not_of("0123456789") != std::string::npos) continue;
      std::string line = Read(entry.path() / "cmdline");
      for (char& c : line) c = c == '\0' ? ' ' : c;
      if (line.find("nam56r-worker") != std::string::npos && line.find(text) != std::string::npos) {
        pids.insert(static_cast<pid_t>(std::stol(name)));
      }
    }
    return pids;
  }

  static bool WaitUntil(auto&& condition, std::chrono::milliseconds limit) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!condition()) {
      if (std::chrono::steady_clock::now() > end) return false;
      std::this_thread::sleep_for(20ms);
    }
    return true;
  }

  // A launch that would run for long, with its workers training.
  static pid_t StartLongLaunch(const std::string& policy) {
    std::vector<std::string> words = Words({"launch", "narrow.toml", "--policy", policy});
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    const pid_t pid = fork();
    if (pid == 0) {
      if (chdir(scratch_->c_str()) != 0 || freopen("/dev/null", "w", stdout) == nullptr ||
          freopen("/dev/null", "w", stderr) == nullptr) {
        _exit(126);
      }
      execv(argv[0], argv.data());
      _exit(127);
    }
    return pid;
  }

  static fs::path* scratch_;
};
fs::path* Train::scratch_ = nullptr;

TEST_F(Train, OneRankAndFourRanksGiveTheSameLosses) {
  const auto one = StepsOf(Launch(Policy(1, 1, 1, 10)));
  const auto four = StepsOf(Launch(Policy(4, 2, 2, 10)));
  ASSERT_EQ(one.size(), 10u);
  ASSERT_EQ(four.size(), 10u);
  for (std::size_t i = 0; i < 10; ++i) {
    for (const char* loss : {"loss", "mtp_loss"}) {
      const double a = one[i].at(loss), b = four[i].at(loss);
      EXPECT_NEAR(a, b, 1e-4 * a) << loss << " of step " << i + 1;
    }
  }
  EXPECT_NEAR(one[0].at("loss").get<double>(), std::log(256.0), 0.1);
  EXPECT_LT(one[9].at("loss"), one[0].at("loss"));
}

TEST_F(Train, TheReceiptHoldsWhatRan) {
  const nlohmann::json result = Launch(Policy(2, 2, 1, 2));
  ASSERT_FALSE(result.is_null());
  const fs::path receipt = result.at("receipt").get<std::string>();
  EXPECT_EQ(fs::status(receipt).permissions() & fs::perms::all, fs::perms::owner_all);
  const auto contract = nlohmann::json::parse(Read(receipt / "contract.json"));
  EXPECT_EQ(contract.at("format"), "nam56r.contract/1");
  const auto outcome = nlohmann::json::parse(Read(receipt / "outcome.json"));
  EXPECT_THAT(outcome.dump(), HasSubstr("succeeded"));
  EXPECT_TRUE(fs::exists(receipt / "logs/rank-1.log"));
  EXPECT_GT(result.at("validation_loss").get<double>(), 0);

  const ProgramResult shown = Run({"runs", "show", receipt});
  EXPECT_EQ(shown.exit_code, 0) << shown.err;
  EXPECT_THAT(shown.out, HasSubstr(contract.at("digest").get<std::string>()));
}

TEST_F(Train, ADryRunPrintsTheCommandsAndStartsNothing) {
  const std::string policy = Policy(2, 2, 1, 3);
  const auto runs_before = fs::exists(*scratch_ / "runs")
                               ? std::distance(fs::directory_iterator(*scratch_ / "runs"), {})
                               : 0;
  const ProgramResult dry = Run({"launch", "narrow.toml", "--policy", policy, "--dry-run"});
  EXPECT_EQ(dry.exit_code, 0) << dry.err;
  EXPECT_THAT(dry.out, HasSubstr("nam56r-worker"));
  EXPECT_THAT(dry.out, HasSubstr("RANK=1"));
  EXPECT_THAT(dry.out, HasSubstr("OMP_NUM_THREADS="));
  const auto runs_after = fs::exists(*scratch_ / "runs")
                              ? std::distance(fs::directory_iterator(*scratch_ / "runs"), {})
                              : 0;
  EXPECT_EQ(runs_before, runs_after);
}

TEST_F(Train, KillingTheLauncherLeavesNoOrphan) {
  const std::string marker = scratch_->string();
  const pid_t launcher = StartLongLaunch(Policy(2, 2, 1, 1000000));
  ASSERT_TRUE(WaitUntil([&] { return ProcessesOf(marker).size() == 2; }, 20s));
  kill(launcher, SIGKILL);
  waitpid(launcher, nullptr, 0);
  EXPECT_TRUE(WaitUntil([&] { return ProcessesOf(marker).empty(); }, 2s));
}

TEST_F(Train, CtrlCStopsEveryRankWithinTwoSeconds) {
  const std::string marker = scratch_->string();
  const pid_t launcher = StartLongLaunch(Policy(2, 2, 1, 1000001));
  ASSERT_TRUE(WaitUntil([&] { return ProcessesOf(marker).size() == 2; }, 20s));
  std::this_thread::sleep_for(500ms);
  kill(launcher, SIGINT);
  EXPECT_TRUE(WaitUntil([&] { return ProcessesOf(marker).empty(); }, 2s));
  int status = 0;
  waitpid(launcher, &status, 0);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 1);
}

TEST_F(Train, KillingOneRankStopsTheOthersAndIsNamed) {
  const std::string marker = scratch_->string();
  const pid_t launcher = StartLongLaunch(Policy(2, 2, 1, 1000002));
  ASSERT_TRUE(WaitUntil([&] { return ProcessesOf(marker).size() == 2; }, 20s));
  std::this_thread::sleep_for(500ms);
  kill(*ProcessesOf(marker).begin(), SIGKILL);
  EXPECT_TRUE(WaitUntil([&] { return ProcessesOf(marker).empty(); }, 2s));
  int status = 0;
  waitpid(launcher, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 1);
}

}  // namespace
}  // namespace nam56r::tests
