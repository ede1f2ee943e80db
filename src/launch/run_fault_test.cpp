// Faults while a receipt is written: a disk that is full, a launcher that is killed.
#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/statvfs.h>

#include <random>

#include "src/launch/launch_testing.h"
#include "src/launch/run.h"

namespace nam56r::launch {
namespace {

using nlohmann::json;
using testing::ForkedProcess;
using ::testing::HasSubstr;
using testing::Lines;
using testing::ProcessesWith;
using testing::Slurp;
using testing::Within;

constexpr int kAsTold = 42;
constexpr int kNoMount = 43;

const std::string& TinyBytes() {
  static const std::string bytes = testing::ContractBytes("nam56r-tiny.toml", "laptop.toml");
  return bytes;
}

class RunFaultTest : public ::testing::Test {
 protected:
  RunFaultTest() {
    options_.runs_directory = machine_.path() / "runs";
    options_.launcher_environment = machine_.environment();
    options_.executable = machine_.path() / "nam56r";
    options_.cores = 4;
    options_.memory_bytes = std::int64_t{8} << 30;
    (void)TinyBytes();
  }

  void Worker(const std::string& script) {
    std::ofstream(machine_.path() / "nam56r-worker") << "#!/bin/sh\n" << script << '\n';
  }
  base::Expected<RunResult> Run() {
    LocalEngine engine;
    return RunContract(TinyBytes(), "tiny.json", options_, engine);
  }
  std::filesystem::path OnlyReceipt() {
    for (const auto& entry : std::filesystem::directory_iterator(options_.runs_directory)) {
      return entry.path();
    }
    return {};
  }

  testing::FakeMachine machine_;
  RunOptions options_;
};

/// Every file of a receipt is whole: JSON is JSON, and every line of events is one. Files that
/// begin with a dot have no name yet.
void ExpectWhole(const std::filesystem::path& receipt) {
  for (const auto& entry : std::filesystem::directory_iterator(receipt)) {
    const std::string name = entry.path().filename();
    if (name.starts_with('.')) continue;
    const std::string text = Slurp(entry.path());
    EXPECT_TRUE(!name.ends_with(".json") || json::accept(text)) << entry.path() << text;
    if (!name.ends_with(".jsonl")) continue;
    EXPECT_TRUE(text.empty() || text.ends_with('\n')) << entry.path();
    for (const std::string& line : Lines(text)) EXPECT_TRUE(json::accept(line)) << line;
  }
}

// A small file system at |path| for this process and its children alone; false: not allowed to.
bool MountSmall(const std::filesystem::path& path) {
  const uid_t user = ::geteuid();
  if (::unshare(CLONE_NEWNS) != 0) {
    if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return false;
    std::ofstream("/proc/self/uid_map") << "0 " << user << " 1\n";
  }
  return ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
         ::mount("tmpfs", path.c_str(), "tmpfs", 0, "size=1m,mode=0700") == 0;
}

TEST_F(RunFaultTest, FullDiskStopsTheRunAndStillHasAnOutcome) {
  // Rank 1 fills the disk with its log, the others with events: either may be the first to fail.
  Worker(R"(echo up
trap 'exit 75' TERM
if [ $RANK = 1 ]; then
  while :; do head -c 4000 /dev/zero | tr '\0' x; echo; done
fi
while :; do echo '@nam56r {"event":"step","step":1,"loss":5.5}'; sleep 0.001; done)");
  std::filesystem::create_directories(options_.runs_directory);
  ForkedProcess launcher([&] {
    if (!MountSmall(options_.runs_directory)) return kNoMount;
    auto result = Run();
    if (!result || result->engine.ending != Ending::kLogLost) return 1;
    if (result->engine.outcome != Outcome::kFailed) return 2;
    ExpectWhole(result->receipt_directory);
    const auto receipt = ReadReceipt(result->receipt_directory);
    if (!receipt || receipt->state != ReceiptState::kFailed) return 3;
    if (receipt->outcome["ending"] != "log-lost") return 4;
    if (receipt->outcome["reason"].dump().find("No space left") == std::string::npos) return 5;
    if (receipt->outcome["ranks"].size() != 4) return 6;
    return ::testing::Test::HasFailure() ? 7 : kAsTold;
  });
  const int code = WEXITSTATUS(launcher.Wait());
  if (code == kNoMount) GTEST_SKIP() << "no file system may be mounted here";
  EXPECT_EQ(code, kAsTold);
}

TEST_F(RunFaultTest, LauncherKilledAtAnyMomentLeavesAWholeReceiptAndNoProcess) {
  const std::string marker = (machine_.path() / "marker").string();
  // The first attempt fails as a host does, after some events; the restart waits for a second.
  Worker(fmt::format(R"((trap '' TERM; : {}; while :; do sleep 0.05; done) &
i=0
while [ $i -lt 20 ]; do echo "@nam56r {{\"event\":\"step\",\"step\":$i,\"loss\":5.5}}"; i=$((i+1)); done
sleep 0.0$((RANK + 3))
exit 1)",
                     marker));
  options_.restarts = 3;
  options_.attribute = [](const std::filesystem::path&, const EngineResult&) {
    Cause cause;
    cause.surface_class = "host";
    return cause;
  };
  options_.max_log_bytes = 800;
  options_.grace_seconds = 0.05;
  std::mt19937 random(20261123);
  for (int round = 0; round < 14; ++round) {
    std::filesystem::remove_all(options_.runs_directory);
    ForkedProcess launcher([&] { return Run() ? 0 : 1; });
    // Some while the receipt and the ranks start, some during the delay, some in the next attempt.
    const auto range = round < 10 ? 120'000u : 1'400'000u;
    std::this_thread::sleep_for(std::chrono::microseconds(random() % range));
    launcher.Signal(SIGKILL);
    launcher.Wait();
    EXPECT_TRUE(Within(10, [&] { return ProcessesWith(marker).empty(); })) << "round " << round;
    if (!std::filesystem::exists(options_.runs_directory)) continue;
    const std::filesystem::path receipt = OnlyReceipt();
    if (receipt.empty()) continue;
    ExpectWhole(receipt);
    if (!std::filesystem::exists(receipt / "receipt.json")) continue;
    const auto read = ReadReceipt(receipt);
    ASSERT_TRUE(read) << read.errors()[0].message;
    EXPECT_EQ(read->state, ReceiptState::kAbandoned);
  }
}

TEST_F(RunFaultTest, SignalDuringTheDelayEndsTheRunAtOnce) {
  Worker("exit 1");
  options_.restarts = 5;
  options_.attribute = [](const std::filesystem::path&, const EngineResult&) {
    Cause cause;
    cause.surface_class = "host";
    return cause;
  };
  std::ofstream(machine_.path() / "log");
  ForkedProcess launcher([&] {
    options_.on_attempt = [&](const Attempt& attempt) {
      std::ofstream(machine_.path() / "attempts", std::ios::app) << attempt.decision << std::endl;
    };
    auto result = Run();
    return result && result->engine.outcome == Outcome::kInterrupted ? kAsTold : 1;
  });
  ASSERT_TRUE(Within(20, [&] { return Lines(Slurp(machine_.path() / "attempts")).size() == 2; }));
  launcher.Signal(SIGINT);
  EXPECT_EQ(WEXITSTATUS(launcher.Wait()), kAsTold);
  EXPECT_EQ(Slurp(machine_.path() / "attempts"),
            "restart 1 of 5 in 1 s: the cause is the host\n"
            "restart 2 of 5 in 2 s: the cause is the host\n");
  const json outcome = ReadReceipt(OnlyReceipt())->outcome;
  EXPECT_EQ(outcome["status"], "interrupted");
  EXPECT_EQ(outcome["ending"], "requested");
  EXPECT_EQ(outcome["attempts"].size(), 2u);
  EXPECT_THAT(outcome["reason"].get<std::string>(), HasSubstr("SIGINT before a restart"));
}

}  // namespace
}  // namespace nam56r::launch
