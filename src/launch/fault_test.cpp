// Faults while ranks run: what is stuck, full, closed, deaf or killed, and what the engine makes of
// it. A program of its own without contracts, so that every sanitizer can build it.
#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <random>

#include "src/launch/engine.h"
#include "src/launch/process_testing.h"

namespace nam56r::launch {
namespace {

using ::testing::ElementsAre;
using testing::ForkedProcess;
using testing::Gone;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::ProcessesWith;
using testing::Slurp;
using testing::TemporaryDirectory;
using testing::Within;

constexpr int kAsTold = 42;  // what a launcher in a process of its own answers

RankCommand Shell(std::int64_t rank, const std::string& script) {
  return {rank, {"/bin/sh", "-c", script}, {{"PATH", "/usr/bin:/bin"}}};
}

// Runs until it is killed, whatever SIGTERM says.
constexpr const char* kStubborn = "trap '' TERM HUP INT; while :; do sleep 0.05; done";

/// A shell function `beat STEP PHASE` that sends a heartbeat.
constexpr const char* kBeat =
    R"(beat() { echo "@nam56r {\"event\":\"heartbeat\",\"step\":$1,\"phase\":\"$2\"}"; }; )";

class FaultTest : public ::testing::Test {
 protected:
  EngineOptions Options() {
    EngineOptions options;
    options.log_directory = directory_.path();
    return options;
  }
  std::string Log(int rank) { return Slurp(directory_.path() / fmt::format("rank-{}.log", rank)); }
  std::filesystem::path Path(const std::string& name) { return directory_.path() / name; }
  bool Appears(const std::string& name) {
    return Within(10, [&] { return std::filesystem::exists(Path(name)); });
  }

  TemporaryDirectory directory_;
};

TEST_F(FaultTest, StoppedRankIsNamedAndTheOneThatWaitsForItIsNot) {
  EngineOptions options = Options();
  options.hang.heartbeat_seconds = 2;
  options.hang.before_first_step = 1;
  options.grace_seconds = 0.2;
  const auto result = LocalEngine().Run(
      {Shell(0, std::string(kBeat) + "while :; do beat 3 'exchange tp'; sleep 0.1; done"),
       Shell(1, std::string(kBeat) + "beat 3 forward; echo loading shard 7 >&2; kill -STOP $$")},
      options);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->outcome, Outcome::kFailed);
  EXPECT_EQ(result->ending, Ending::kHang);
  EXPECT_THAT(result->named, ElementsAre(1));
  EXPECT_THAT(result->reason, HasSubstr("rank 1 gave no sign of life for 2"));
  EXPECT_THAT(result->reason, HasSubstr("(stopped by a signal), last seen in step 3, forward"));
  EXPECT_THAT(result->reason, HasSubstr("rank 0 waited in step 3, exchange tp"));
  EXPECT_EQ(result->ranks[1].step, 3);
  EXPECT_EQ(result->ranks[1].phase, "forward");
  EXPECT_EQ(result->ranks[1].last_line, "loading shard 7");
  EXPECT_GE(result->ranks[1].silent_seconds, 1.9);
  EXPECT_EQ(Log(0), "") << "heartbeats are not kept";
}

TEST_F(FaultTest, RunThatWritesNothingIsAHang) {
  EngineOptions options = Options();
  options.hang.log_seconds = 0.5;
  options.hang.before_first_step = 1;
  const auto result =
      LocalEngine().Run({Shell(0, "echo ready; sleep 100"), Shell(1, "kill -STOP $$")}, options);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->ending, Ending::kHang);
  EXPECT_THAT(result->named, ElementsAre(1));
  EXPECT_THAT(result->reason, HasSubstr("ranks 0 and 1 wrote nothing for 0.5"));
}

TEST_F(FaultTest, RequestLeavesTimeForACheckpointAndAFailureDoesNot) {
  // Saving takes longer than the grace of a failure.
  const std::string saves =
      "trap 'sleep 0.5; echo saved; exit 75' TERM; : > {}; while :; do sleep 0.02; done";
  EngineOptions options = Options();
  options.grace_seconds = 0.1;
  options.stop_grace_seconds = 30;

  auto failed = LocalEngine().Run(
      {Shell(0, fmt::format(fmt::runtime(saves), Path("up").string())),
       Shell(1,
             fmt::format("while [ ! -e {} ]; do sleep 0.02; done; exit 1", Path("up").string()))},
      options);
  ASSERT_TRUE(failed);
  EXPECT_THAT(failed->killed, ElementsAre(0));
  EXPECT_THAT(Log(0), Not(HasSubstr("saved")));

  std::filesystem::remove(Path("up"));
  ForkedProcess launcher([&] {
    const auto result = LocalEngine().Run(
        {Shell(0, fmt::format(fmt::runtime(saves), Path("up").string()))}, options);
    return result && result->outcome == Outcome::kInterrupted &&
                   result->ending == Ending::kRequested && result->killed.empty() &&
                   result->ranks[0].exit_code == kStoppedOnRequest
               ? kAsTold
               : 1;
  });
  ASSERT_TRUE(Appears("up"));
  launcher.Signal(SIGTERM);
  EXPECT_EQ(WEXITSTATUS(launcher.Wait()), kAsTold);
  EXPECT_THAT(Log(0), ::testing::EndsWith("saved\n"));
}

TEST_F(FaultTest, WalltimeAsksEarlyEnough) {
  EngineOptions options = Options();
  options.walltime_seconds = 30;
  options.stop_grace_seconds = 29.5;
  const auto result =
      LocalEngine().Run({Shell(0, "trap 'exit 75' TERM; while :; do sleep 0.02; done")}, options);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->outcome, Outcome::kInterrupted);
  EXPECT_EQ(result->ending, Ending::kWalltime);
  EXPECT_EQ(result->reason, "the walltime of 30 s is over");
  EXPECT_EQ(result->ranks[0].exit_code, kStoppedOnRequest);
  EXPECT_LT(result->seconds, 20) << "the grace was not needed";
}

TEST_F(FaultTest, DeafRanksAreKilledWhenTheWalltimeIsOver) {
  EngineOptions options = Options();
  options.walltime_seconds = 0.6;
  options.stop_grace_seconds = 0.3;
  const auto result = LocalEngine().Run({Shell(3, kStubborn)}, options);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->ending, Ending::kWalltime);
  EXPECT_THAT(result->killed, ElementsAre(3));
}

TEST_F(FaultTest, RequestAfterEverythingWasDoneStopsNothing) {
  EngineOptions options = Options();
  bool done = false;
  options.on_event = [&](const RankEvent&) { done = true; };
  options.stop_wanted = [&]() -> std::optional<StopRequest> {
    if (!done) return std::nullopt;
    return StopRequest{Ending::kRequested, "too late", {}};
  };
  const auto result = LocalEngine().Run(
      {Shell(0, "trap '' TERM; echo '@nam56r {\"event\":\"done\"}'; sleep 0.1; exit 0")}, options);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->outcome, Outcome::kSucceeded);
  EXPECT_EQ(result->ending, Ending::kDone);
}

TEST_F(FaultTest, CallerStopsTheRunAndSaysWhy) {
  EngineOptions options = Options();
  std::optional<StopRequest> wanted;
  options.on_event = [&](const RankEvent& event) {
    if (event.event.value("proved", true)) return;
    wanted = StopRequest{Ending::kSeamUnproved, "seam x did not prove itself", {event.rank}};
  };
  options.stop_wanted = [&] { return wanted; };
  const auto result = LocalEngine().Run(
      {Shell(0, "sleep 100"),
       Shell(1, "echo '@nam56r {\"event\":\"seam\",\"seam\":\"x\",\"proved\":false}'; sleep 100")},
      options);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->outcome, Outcome::kFailed);
  EXPECT_EQ(result->ending, Ending::kSeamUnproved);
  EXPECT_EQ(result->reason, "seam x did not prove itself");
  EXPECT_THAT(result->named, ElementsAre(1));
}

TEST_F(FaultTest, SixtyFourDeafRanksEnd) {
  std::vector<RankCommand> ranks = {Shell(0, "sleep 0.5; exit 1")};
  for (int i = 1; i < 64; ++i) ranks.push_back(Shell(i, kStubborn));
  EngineOptions options = Options();
  options.grace_seconds = 0.3;
  const auto result = LocalEngine().Run(ranks, options);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->reason, "rank 0 exited with 1");
  for (const RankOutcome& rank : result->ranks) {
    EXPECT_TRUE(!rank.started || rank.rank == 0 || rank.signal != 0) << rank.rank;
  }
}

TEST_F(FaultTest, GigabyteWithoutNewlineNeedsNoMemory) {
  ForkedProcess launcher([&] {
    EngineOptions options = Options();
    options.max_log_bytes = 1 << 20;
    struct rusage before = {};
    ::getrusage(RUSAGE_SELF, &before);
    const auto result =
        LocalEngine().Run({{0, {"/usr/bin/head", "-c", "1073741824", "/dev/zero"}, {}}}, options);
    struct rusage after = {};
    ::getrusage(RUSAGE_SELF, &after);
    std::uintmax_t kept = 0;
    for (const auto& entry : std::filesystem::directory_iterator(directory_.path())) {
      kept += entry.file_size();
    }
    constexpr int kKiB = 32 << 10;  // of growth; a sanitizer's own is among it
    if (!result || result->outcome != Outcome::kSucceeded) return 1;
    if (after.ru_maxrss - before.ru_maxrss > kKiB) return 2;
    return kept <= (1u << 20) + 200 ? kAsTold : 3;
  });
  EXPECT_EQ(WEXITSTATUS(launcher.Wait()), kAsTold);
}

TEST_F(FaultTest, RankThatClosesItsLogGoesOn) {
  const auto result =
      LocalEngine().Run({Shell(0, "echo before; exec >&- 2>&-; sleep 0.3; exit 0")}, Options());
  ASSERT_TRUE(result);
  EXPECT_EQ(result->outcome, Outcome::kSucceeded);
  EXPECT_EQ(Log(0), "before\n");
}

TEST_F(FaultTest, NobodyReadsWhatTheLauncherPrints) {
  ForkedProcess launcher([&] {
    int ends[2];
    if (::pipe(ends) != 0) return 1;
    ::close(ends[0]);
    EngineOptions options = Options();
    int broken = 0;
    options.on_line = [&](std::int64_t, std::string_view line) {
      if (::write(ends[1], line.data(), line.size()) < 0 && errno == EPIPE) ++broken;
    };
    const auto result = LocalEngine().Run({Shell(0, "echo a; sleep 0.1; echo b")}, options);
    return result && result->outcome == Outcome::kSucceeded && broken == 2 ? kAsTold : 1;
  });
  EXPECT_EQ(WEXITSTATUS(launcher.Wait()), kAsTold);
  EXPECT_EQ(Log(0), "a\nb\n");
}

TEST_F(FaultTest, RankThatEndsBeforeTheOthersStarted) {
  std::vector<RankCommand> ranks = {Shell(0, "exit 7")};
  for (int i = 1; i < 48; ++i) ranks.push_back(Shell(i, "sleep 100"));
  const auto result = LocalEngine().Run(ranks, Options());
  ASSERT_TRUE(result);
  EXPECT_EQ(result->reason, "rank 0 exited with 7");
  EXPECT_THAT(result->named, ElementsAre(0));
  EXPECT_EQ(result->ranks.size(), 48u) << "those that were not started are told of as well";
}

// The error that a launcher under |limit| gets, and that nothing is left of what it had started.
std::string RefusedUnder(const std::function<void()>& limit, const std::vector<RankCommand>& ranks,
                         const EngineOptions& options) {
  const auto told = options.log_directory / "told";
  std::ofstream(told) << "";
  std::filesystem::permissions(told, std::filesystem::perms::all);
  std::filesystem::permissions(options.log_directory, std::filesystem::perms::all);
  ForkedProcess launcher([&] {
    std::ofstream out(told);
    limit();
    const auto result = LocalEngine().Run(ranks, options);
    if (result) return 1;
    out << result.errors()[0].code << ' ' << result.errors()[0].message << '|'
        << result.errors()[0].fix << std::flush;
    return kAsTold;
  });
  EXPECT_EQ(WEXITSTATUS(launcher.Wait()), kAsTold);
  return Slurp(told);
}

TEST_F(FaultTest, ForkThatIsRefusedLeavesNothingRunning) {
  const std::string marker = Path("marker").string();
  std::vector<RankCommand> ranks;
  for (int i = 0; i < 16; ++i) {
    ranks.push_back(Shell(i, fmt::format(": {}; exec sleep 100", marker)));
  }
  // Root is under no limit, so another user: one that has no processes of its own.
  const std::string error = RefusedUnder(
      [] {
        constexpr uid_t kNobodyElse = 54321;
        const bool root = ::geteuid() == 0;
        const struct rlimit limit = {root ? 8u : 1u, root ? 8u : 1u};
        ::setrlimit(RLIMIT_NPROC, &limit);
        if (root && (::setgroups(0, nullptr) != 0 || ::setuid(kNobodyElse) != 0)) ::_exit(1);
      },
      ranks, Options());
  EXPECT_THAT(error, HasSubstr("LAUNCH0003"));
  EXPECT_THAT(error, HasSubstr("raise the limit on processes"));
  EXPECT_TRUE(Within(5, [&] { return ProcessesWith(marker).empty(); }));
}

TEST_F(FaultTest, DescriptorsThatRunOutLeaveNothingRunning) {
  const std::string marker = Path("marker").string();
  std::vector<RankCommand> ranks;
  for (int i = 0; i < 16; ++i) {
    ranks.push_back(Shell(i, fmt::format(": {}; exec sleep 100", marker)));
  }
  const std::string error = RefusedUnder(
      [] {
        const struct rlimit limit = {48, 48};
        ::setrlimit(RLIMIT_NOFILE, &limit);
      },
      ranks, Options());
  EXPECT_THAT(error, HasSubstr("LAUNCH0003"));
  EXPECT_THAT(error, HasSubstr("raise the limit on open files"));
  EXPECT_TRUE(Within(5, [&] { return ProcessesWith(marker).empty(); }));
}

TEST_F(FaultTest, LauncherKilledByAnySignalLeavesNoProcess) {
  std::mt19937 random(20261123);
  for (const int number : {SIGHUP, SIGINT, SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE,
                           SIGKILL, SIGUSR1, SIGSEGV, SIGUSR2, SIGALRM, SIGTERM, SIGXCPU, SIGSYS}) {
    const std::string marker = fmt::format("{}-{}", Path("marker").string(), number);
    // A rank, what it started, and what that started, all deaf.
    const std::string script = fmt::format(
        "(trap '' TERM HUP INT; (: {0}; while :; do sleep 0.05; done) & while :; do sleep 0.05; "
        "done) & {1}",
        marker, kStubborn);
    ForkedProcess launcher([&] {
      const struct rlimit none = {0, 0};
      ::setrlimit(RLIMIT_CORE, &none);
      for (int i = 1; i < NSIG; ++i) ::signal(i, SIG_DFL);  // a sanitizer's handlers
      EngineOptions options = Options();
      options.stop_grace_seconds = 0.1;
      (void)LocalEngine().Run({Shell(0, script), Shell(1, script), Shell(2, script)}, options);
      return 0;
    });
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 60000));
    launcher.Signal(number);
    launcher.Wait();
    EXPECT_TRUE(Within(10, [&] { return ProcessesWith(marker).empty(); })) << "signal " << number;
  }
}

TEST_F(FaultTest, LauncherKilledWhileLogsRotateLeavesWholeLines) {
  std::mt19937 random(7);
  for (int round = 0; round < 8; ++round) {
    const std::string marker = fmt::format("{}-{}", Path("marker").string(), round);
    TemporaryDirectory logs;
    ForkedProcess launcher([&] {
      EngineOptions options;
      options.log_directory = logs.path();
      options.max_log_bytes = 4000;
      (void)LocalEngine().Run(
          {Shell(0, fmt::format(": {}; while :; do echo 123456789; done", marker))}, options);
      return 0;
    });
    EXPECT_TRUE(Within(10, [&] {
      return std::distance(std::filesystem::directory_iterator(logs.path()), {}) >= 4;
    }));
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 5000));
    launcher.Signal(SIGKILL);
    launcher.Wait();
    EXPECT_TRUE(Within(10, [&] { return ProcessesWith(marker).empty(); }));
    EXPECT_EQ(Slurp(logs.path() / "rank-0.log").size(), 1000u) << "the beginning is there";
    for (const auto& entry : std::filesystem::directory_iterator(logs.path())) {
      EXPECT_EQ(entry.file_size() % 10, 0u) << entry.path();
    }
  }
}

}  // namespace
}  // namespace nam56r::launch
