#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include <random>
#include <stdexcept>

#include "src/launch/engine.h"
#include "src/launch/process_testing.h"

namespace nam56r::launch {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using testing::ForkedProcess;
using testing::Gone;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::Lines;
using ::testing::Not;
using testing::ProcessesWith;
using testing::Slurp;
using testing::TemporaryDirectory;
using ::testing::UnorderedElementsAre;
using testing::Within;

const std::map<std::string, std::string> kPath = {{"PATH", "/usr/bin:/bin"}};

RankCommand Shell(std::int64_t rank, const std::string& script) {
  return {rank, {"/bin/sh", "-c", script}, kPath};
}

// Runs until it is killed, whatever SIGTERM says.
constexpr const char* kStubborn = "trap '' TERM; while :; do sleep 0.05; done";

class LocalEngineTest : public ::testing::Test {
 protected:
  EngineOptions Options() {
    EngineOptions options;
    options.log_directory = directory_.path();
    return options;
  }
  base::Expected<EngineResult> Run(const std::vector<RankCommand>& ranks) {
    return LocalEngine().Run(ranks, Options());
  }
  std::string Log(int rank) { return Slurp(directory_.path() / fmt::format("rank-{}.log", rank)); }
  std::filesystem::path Path(const std::string& name) { return directory_.path() / name; }

  /// The number in file |name|, once somebody has written it.
  pid_t PidIn(const std::string& name) {
    EXPECT_TRUE(Within(5, [&] { return Slurp(Path(name)).find('\n') != std::string::npos; }));
    return std::stoi("0" + Slurp(Path(name)));
  }

  TemporaryDirectory directory_;
};

TEST_F(LocalEngineTest, AllRanksSucceed) {
  auto result = Run({Shell(0, "echo zero"), Shell(1, "echo one; echo more >&2")});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->outcome, Outcome::kSucceeded);
  EXPECT_EQ(result->reason, "");
  EXPECT_EQ(result->ending, Ending::kDone);
  EXPECT_EQ(result->log_directory, directory_.path());
  ASSERT_EQ(result->ranks.size(), 2u);
  for (const RankOutcome& rank : result->ranks) {
    EXPECT_TRUE(rank.started);
    EXPECT_EQ(rank.exit_code, 0);
    EXPECT_FALSE(rank.first_failure);
  }
  EXPECT_EQ(Log(0), "zero\n");
  EXPECT_THAT(Lines(Log(1)), UnorderedElementsAre("one", "more"));
}

TEST_F(LocalEngineTest, LogsArePrivate) {
  ASSERT_TRUE(Run({Shell(0, "echo")}));
  const auto mode = std::filesystem::status(Path("rank-0.log")).permissions();
  EXPECT_EQ(mode, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(LocalEngineTest, ExitCodeOfTheFirstFailureIsTheReason) {
  auto result = Run({Shell(0, kStubborn), Shell(1, "exit 65")});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->outcome, Outcome::kFailed);
  EXPECT_EQ(result->reason, "rank 1 exited with 65");
  EXPECT_EQ(result->ending, Ending::kRankExit);
  EXPECT_THAT(result->named, ElementsAre(1));
  EXPECT_THAT(result->killed, ElementsAre(0));
  EXPECT_EQ(result->ranks[1].exit_code, 65);
  EXPECT_TRUE(result->ranks[1].first_failure);
  EXPECT_FALSE(result->ranks[0].first_failure);
  EXPECT_EQ(result->ranks[0].signal, SIGKILL);
}

TEST_F(LocalEngineTest, SignalThatKilledARankIsTheReason) {
  auto result = Run({Shell(0, "kill -SEGV $$")});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->outcome, Outcome::kFailed);
  EXPECT_EQ(result->reason, "rank 0 was killed by SIGSEGV (Segmentation fault)");
  EXPECT_EQ(result->ending, Ending::kRankSignal);
  EXPECT_EQ(result->ranks[0].signal, SIGSEGV);
}

TEST_F(LocalEngineTest, FirstFailureStopsStubbornRanksWithinTwoSeconds) {
  std::vector<RankCommand> ranks = {Shell(0, "sleep 0.3; exit 1")};
  for (int i = 1; i < 6; ++i) ranks.push_back(Shell(i, kStubborn));
  auto result = Run(ranks);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->reason, "rank 0 exited with 1");
  EXPECT_LT(result->seconds, 0.3 + 2.0);
  EXPECT_GT(result->seconds, 0.3 + 0.9) << "the grace was cut short";
}

TEST_F(LocalEngineTest, StoppedRanksMayEndInTheirOwnWay) {
  auto result = Run({Shell(0, "sleep 0.2; exit 3"),
                     Shell(1, "trap 'echo saved; exit 0' TERM; while :; do sleep 0.02; done")});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->ranks[1].exit_code, 0);
  EXPECT_THAT(Log(1), HasSubstr("saved\n"));
  EXPECT_LT(result->seconds, 1.0) << "nobody needed the grace";
}

TEST_F(LocalEngineTest, EnvironmentIsExactlyWhatWasGiven) {
  ::setenv("NAM56R_TEST_LEAK", "1", 1);
  auto result = Run({{0, {"/usr/bin/env"}, {{"B", "two words"}, {"A", "$HOME;'\"x"}, {"C", ""}}}});
  ::unsetenv("NAM56R_TEST_LEAK");
  ASSERT_TRUE(result);
  EXPECT_THAT(Lines(Log(0)), ElementsAre("A=$HOME;'\"x", "B=two words", "C="));
}

TEST_F(LocalEngineTest, ArgumentsReachTheProgramUninterpreted) {
  ASSERT_TRUE(Run({{0, {"/usr/bin/printf", "%s\\n", "a b", "$(id)", "*", ""}, {}}}));
  EXPECT_THAT(Lines(Log(0)), ElementsAre("a b", "$(id)", "*", ""));
}

// Past the C library, which keeps signal 32 to itself; a parent in another runtime may not.
void SetKernelDisposition(int number, void (*handler)(int)) {
  struct {
    void (*handler)(int);
    unsigned long rest[7];  // NOLINT(google-runtime-int): the kernel's type
  } action = {handler, {}};
  ASSERT_EQ(::syscall(SYS_rt_sigaction, number, &action, nullptr, 8), 0);
}

TEST_F(LocalEngineTest, RanksInheritNothing) {
  const int leak = ::open("/dev/null", O_RDONLY);  // without O_CLOEXEC
  SetKernelDisposition(__SIGRTMIN, SIG_IGN);
  auto result = Run({{0, {"/bin/ls", "/proc/self/fd"}, {}},
                     {1, {"/usr/bin/readlink", "/proc/self/fd/0"}, {}},
                     {2, {"/bin/grep", "-E", "Sig(Blk|Ign)", "/proc/self/status"}, {}}});
  SetKernelDisposition(__SIGRTMIN, SIG_DFL);
  ::close(leak);
  ASSERT_TRUE(result);
  EXPECT_THAT(Lines(Log(0)), ElementsAre("0", "1", "2", "3")) << "3 is the directory that ls reads";
  EXPECT_EQ(Log(1), "/dev/null\n");
  EXPECT_THAT(Lines(Log(2)), ElementsAre("SigBlk:\t0000000000000000", "SigIgn:\t0000000000000000"));
}

TEST_F(LocalEngineTest, SixtyFourRanksThatExitAtOnce) {
  std::vector<RankCommand> ranks;
  for (int i = 0; i < 64; ++i) ranks.push_back(Shell(i, fmt::format("echo I am {}", i)));
  auto result = Run(ranks);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->outcome, Outcome::kSucceeded);
  for (int i = 0; i < 64; ++i) EXPECT_EQ(Log(i), fmt::format("I am {}\n", i));
}

TEST_F(LocalEngineTest, SixtyFourRanksThatFailAtOnceHaveOneCause) {
  std::vector<RankCommand> ranks;
  for (int i = 0; i < 64; ++i) ranks.push_back(Shell(i, "exit 9"));
  auto result = Run(ranks);
  ASSERT_TRUE(result);
  EXPECT_EQ(std::count_if(result->ranks.begin(), result->ranks.end(),
                          [](const RankOutcome& rank) { return rank.first_failure; }),
            1);
}

TEST_F(LocalEngineTest, TenMegabytesWithoutNewline) {
  std::size_t longest = 0;
  std::size_t bytes = 0;
  EngineOptions options = Options();
  options.on_line = [&](std::int64_t, std::string_view line) {
    longest = std::max(longest, line.size());
    bytes += line.size();
  };
  auto result =
      LocalEngine().Run({{0, {"/usr/bin/head", "-c", "10000000", "/dev/zero"}, {}}}, options);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->outcome, Outcome::kSucceeded);
  EXPECT_EQ(bytes, 10'000'000u);
  EXPECT_LE(longest, 65536u);
  EXPECT_EQ(Log(0).size(), 10'000'000u + 153u) << "a newline after each piece of 64 KiB";
}

TEST_F(LocalEngineTest, LogIsBoundedAndSaysWhatIsLeftOut) {
  EngineOptions options = Options();
  options.max_log_bytes = 1000;
  std::size_t lines = 0;
  options.on_line = [&](std::int64_t, std::string_view) { ++lines; };
  auto result = LocalEngine().Run(
      {Shell(0, "i=0; while [ $i -lt 500 ]; do echo 123456789; i=$((i+1)); done")}, options);
  ASSERT_TRUE(result);
  EXPECT_EQ(lines, 500u) << "only the file is bounded";
  EXPECT_EQ(Log(0).size(), 250u) << "the beginning is kept";
  const auto kept = Lines(Slurp(Path("rank-0.19.log")));
  ASSERT_EQ(kept.size(), 26u);
  EXPECT_EQ(kept.back(),
            "[nam56r] 4000 bytes left out between rank-0.log and rank-0.17.log: a log holds at "
            "most 1000 bytes");
}

TEST_F(LocalEngineTest, BinaryGarbageSurvives) {
  auto result = Run({Shell(0, fmt::format("head -c 300000 /dev/urandom > {0}; cat {0}; echo",
                                          Path("garbage").string()))});
  ASSERT_TRUE(result);
  std::string log = Log(0);
  log.pop_back();
  EXPECT_EQ(log, Slurp(Path("garbage")));
}

TEST_F(LocalEngineTest, EventsAreToldFromLines) {
  std::vector<std::string> events;
  std::vector<std::string> lines;
  EngineOptions options = Options();
  options.on_event = [&](const RankEvent& e) {
    events.push_back(fmt::format("{}:{}", e.rank, e.event.dump()));
  };
  options.on_line = [&](std::int64_t rank, std::string_view line) {
    lines.push_back(fmt::format("{}:{}", rank, line));
  };
  const std::string deep = std::string(5000, '[') + std::string(5000, ']');
  const std::string script = fmt::format(
      R"(echo '@nam56r {{"event":"step","step":1}}'
echo '@nam56r {{"event":'
echo '@nam56r 7'
echo ' @nam56r {{}}'
echo '@nam56r {{"a":{}}}'
echo plain
printf 'no newline')",
      deep);
  auto result = LocalEngine().Run({Shell(4, script)}, options);
  ASSERT_TRUE(result);
  EXPECT_THAT(events, ElementsAre(R"(4:{"event":"step","step":1})"));
  EXPECT_THAT(lines, ElementsAre(R"(4:@nam56r {"event":)", "4:@nam56r 7", "4: @nam56r {}",
                                 "4:@nam56r {\"a\":" + deep + "}", "4:plain", "4:no newline"));
  EXPECT_THAT(Log(4), HasSubstr("@nam56r {\"event\":\"step\",\"step\":1}\n"));
}

TEST_F(LocalEngineTest, EventsOnStderrAreLines) {
  int events = 0;
  EngineOptions options = Options();
  options.on_event = [&](const RankEvent&) { ++events; };
  ASSERT_TRUE(LocalEngine().Run({Shell(0, "echo '@nam56r {}' >&2")}, options));
  EXPECT_EQ(events, 0);
}

TEST_F(LocalEngineTest, MissingProgramIsAnErrorThatNamesIt) {
  auto result = Run({Shell(0, "echo ran"), {1, {"/nowhere/nam56r-worker"}, {}}});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.errors()[0].code, "LAUNCH0001");
  EXPECT_EQ(result.errors()[0].message,
            "rank 1: cannot execute /nowhere/nam56r-worker: No such file or directory");
  EXPECT_EQ(Log(0), "") << "nothing was started";
}

TEST_F(LocalEngineTest, ProgramsThatCannotBeExecuted) {
  std::ofstream(Path("text")) << "hello";
  for (const std::string& program :
       {Path("text").string(), directory_.path().string(), std::string("sh"), std::string()}) {
    auto result = Run({{0, {program}, {}}});
    ASSERT_FALSE(result) << program;
    EXPECT_EQ(result.errors()[0].code, "LAUNCH0001") << program;
  }
}

TEST_F(LocalEngineTest, ProgramThatTheKernelRefusesStopsTheOthers) {
  std::ofstream(Path("broken")) << "not a program";
  std::filesystem::permissions(Path("broken"), std::filesystem::perms::owner_all);
  const std::string marker = Path("marker").string();
  auto result = Run(
      {Shell(0, fmt::format(": {}; {}", marker, kStubborn)), {1, {Path("broken").string()}, {}}});
  ASSERT_FALSE(result);
  EXPECT_THAT(result.errors()[0].message, AllOf(HasSubstr("rank 1"), HasSubstr("Exec format")));
  EXPECT_THAT(ProcessesWith(marker), IsEmpty());
}

TEST_F(LocalEngineTest, WordsThatNoProcessCanHave) {
  const std::string nul("a\0b", 3);
  EXPECT_FALSE(Run({{0, {"/bin/echo", nul}, {}}}));
  EXPECT_FALSE(Run({{0, {"/bin/echo"}, {{"A", nul}}}}));
  EXPECT_FALSE(Run({{0, {"/bin/echo"}, {{"A=B", "1"}}}}));
  EXPECT_FALSE(Run({{0, {"/bin/echo"}, {{"", "1"}}}}));
  EXPECT_FALSE(Run({{0, {}, {}}}));
}

TEST_F(LocalEngineTest, RanksMustBeDistinct) {
  EXPECT_THROW((void)Run({}), std::logic_error);
  EXPECT_THROW((void)Run({Shell(1, ""), Shell(1, "")}), std::logic_error);
}

TEST_F(LocalEngineTest, LogDirectoryThatCannotBeWritten) {
  EngineOptions options = Options();
  options.log_directory = Path("missing");
  auto result = LocalEngine().Run({Shell(0, "echo")}, options);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.errors()[0].code, "LAUNCH0002");
  EXPECT_THAT(result.errors()[0].message, HasSubstr("missing/rank-0.log"));
}

TEST_F(LocalEngineTest, LogIsNotWrittenThroughALink) {
  std::ofstream(Path("victim")) << "precious";
  std::filesystem::create_symlink(Path("victim"), Path("rank-0.log"));
  EXPECT_FALSE(Run({Shell(0, "echo")}));
  EXPECT_EQ(Slurp(Path("victim")), "precious");
}

TEST_F(LocalEngineTest, LogThatCannotGrowFailsTheRun) {
  // A limit on file size stands in for a full disk.
  ForkedProcess launcher([&] {
    ::signal(SIGXFSZ, SIG_IGN);
    const struct rlimit limit = {4096, 4096};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    auto result = Run({Shell(0, "head -c 20000 /dev/zero; echo; sleep 100")});
    const bool told = result && result->outcome == Outcome::kFailed &&
                      result->reason.find("rank-0.log cannot be written") != std::string::npos;
    return told ? 42 : 1;
  });
  const int status = launcher.Wait();
  EXPECT_EQ(WEXITSTATUS(status), 42);
}

TEST_F(LocalEngineTest, DescendantsEndWithTheirRank) {
  auto result =
      Run({Shell(0, fmt::format("({}) & echo $! > {}", kStubborn, Path("grandchild").string()))});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->outcome, Outcome::kSucceeded);
  EXPECT_TRUE(Gone(PidIn("grandchild")));
}

TEST_F(LocalEngineTest, PipeHeldByAStrangerDoesNotHoldTheRun) {
  auto result = Run({Shell(0, "setsid sleep 3 & sleep 0.1; echo done")});
  ASSERT_TRUE(result);
  EXPECT_EQ(Log(0), "done\n");
  EXPECT_LT(result->seconds, 2.0);
}

TEST_F(LocalEngineTest, ExceptionOfACallbackLeavesNoProcess) {
  EngineOptions options = Options();
  options.on_line = [](std::int64_t, std::string_view) { throw std::runtime_error("callback"); };
  const std::string marker = Path("marker").string();
  const std::string script = fmt::format(": {}; echo; {}", marker, kStubborn);
  EXPECT_THROW((void)LocalEngine().Run({Shell(0, script), Shell(1, script)}, options),
               std::runtime_error);
  EXPECT_THAT(ProcessesWith(marker), IsEmpty());
}

TEST_F(LocalEngineTest, RunInsideARunIsRefused) {
  EngineOptions options = Options();
  options.on_line = [&](std::int64_t, std::string_view) { (void)Run({Shell(7, "echo")}); };
  EXPECT_THROW((void)LocalEngine().Run({Shell(0, "echo")}, options), std::logic_error);
  EXPECT_TRUE(Run({Shell(0, "echo")})) << "and the next run starts afresh";
}

TEST_F(LocalEngineTest, SignalHandlersAndMaskAreAsBefore) {
  struct sigaction action = {};
  action.sa_handler = SIG_IGN;
  struct sigaction before = {};
  ::sigaction(SIGHUP, &action, &before);
  sigset_t blocked;
  sigset_t mask_before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &blocked, &mask_before);

  ASSERT_TRUE(Run({Shell(0, "echo")}));

  struct sigaction after = {};
  ::sigaction(SIGHUP, &before, &after);
  EXPECT_EQ(after.sa_handler, SIG_IGN);
  ::sigaction(SIGINT, nullptr, &after);
  EXPECT_EQ(after.sa_handler, SIG_DFL);
  sigset_t mask_after;
  ::pthread_sigmask(SIG_SETMASK, &mask_before, &mask_after);
  EXPECT_EQ(sigismember(&mask_after, SIGTERM), 1);
  EXPECT_EQ(sigismember(&mask_after, SIGINT), 0);
}

// What a launcher in a process of its own wrote down about its run.
int RunAndTell(const std::vector<RankCommand>& ranks, const EngineOptions& options) {
  auto result = LocalEngine().Run(ranks, options);
  std::ofstream(options.log_directory / "told") << (result ? result->reason : "error") << '\n';
  return result && result->outcome == Outcome::kInterrupted ? 42 : 1;
}

TEST_F(LocalEngineTest, InterruptStopsAllWithinTwoSeconds) {
  for (const auto& [number, reason] : {std::pair(SIGINT, "interrupted by SIGINT\n"),
                                       std::pair(SIGTERM, "interrupted by SIGTERM\n"),
                                       std::pair(SIGHUP, "interrupted by SIGHUP\n")}) {
    std::filesystem::remove(Path("pid"));
    const std::string script = fmt::format("echo $$ > {}; {}", Path("pid").string(), kStubborn);
    ForkedProcess launcher([&] { return RunAndTell({Shell(0, script)}, Options()); });
    const pid_t rank = PidIn("pid");
    const auto start = std::chrono::steady_clock::now();
    launcher.Signal(number);
    const int status = launcher.Wait();
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(2));
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 42);
    EXPECT_EQ(Slurp(Path("told")), reason);
    EXPECT_TRUE(Gone(rank));
  }
}

TEST_F(LocalEngineTest, SecondInterruptKillsAtOnce) {
  EngineOptions options = Options();
  options.grace_seconds = 600;
  const std::string script = fmt::format("echo $$ > {}; {}", Path("pid").string(), kStubborn);
  ForkedProcess launcher([&] { return RunAndTell({Shell(0, script)}, options); });
  const pid_t rank = PidIn("pid");
  launcher.Signal(SIGINT);
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  EXPECT_FALSE(Gone(rank));
  const auto start = std::chrono::steady_clock::now();
  launcher.Signal(SIGINT);
  EXPECT_EQ(WEXITSTATUS(launcher.Wait()), 42);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(1));
  EXPECT_TRUE(Gone(rank));
}

TEST_F(LocalEngineTest, KilledLauncherLeavesNoOrphan) {
  const std::string marker = Path("marker").string();
  const std::string script = fmt::format(
      "(trap '' TERM HUP INT; echo; exec /bin/sh -c \": {0}; while :; do sleep 0.05; "
      "done\") & echo $! > {1}; echo $$ > {2}; {3}",
      marker, Path("grandchild").string(), Path("pid").string(), kStubborn);
  ForkedProcess launcher([&] {
    return RunAndTell({Shell(0, script), Shell(1, kStubborn)}, Options());
  });
  const pid_t grandchild = PidIn("grandchild");
  const pid_t rank = PidIn("pid");
  ASSERT_TRUE(Within(5, [&] { return ProcessesWith(marker).size() >= 2; }));
  EXPECT_FALSE(Gone(grandchild));

  launcher.Signal(SIGKILL);
  launcher.Wait();
  EXPECT_TRUE(Within(2, [&] { return Gone(rank) && Gone(grandchild); }));
  EXPECT_TRUE(Within(2, [&] { return ProcessesWith(marker).empty(); }));
}

TEST_F(LocalEngineTest, LauncherKilledAtAnyMomentLeavesNoOrphan) {
  std::mt19937 random(20260801);
  for (int round = 0; round < 25; ++round) {
    const std::string marker = fmt::format("{}-{}", Path("marker").string(), round);
    const std::string script =
        fmt::format("(trap '' TERM; : {0}; while :; do sleep 0.05; done) & {1}", marker, kStubborn);
    std::vector<RankCommand> ranks;
    for (int i = 0; i < 8; ++i) ranks.push_back(Shell(i, script));
    ForkedProcess launcher([&] { return RunAndTell(ranks, Options()); });
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 40000));
    launcher.Signal(SIGKILL);
    launcher.Wait();
    EXPECT_TRUE(Within(2, [&] { return ProcessesWith(marker).empty(); })) << "round " << round;
  }
}

TEST_F(LocalEngineTest, KilledGuardianDoesNotStopARun) {
  EngineOptions options = Options();
  options.on_line = [](std::int64_t, std::string_view) {
    for (const pid_t pid : ProcessesWith("")) {
      if (Slurp(fmt::format("/proc/{}/comm", pid)) == "nam56r-guard\n" &&
          Slurp(fmt::format("/proc/{}/stat", pid)).find(fmt::format(" {} ", ::getpid())) !=
              std::string::npos) {
        ::kill(pid, SIGKILL);
      }
    }
  };
  auto result = LocalEngine().Run({Shell(0, "echo; sleep 0.1")}, options);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->outcome, Outcome::kSucceeded);
}

}  // namespace
}  // namespace nam56r::launch
