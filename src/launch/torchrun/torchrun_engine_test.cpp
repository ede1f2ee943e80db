#include "src/launch/torchrun/torchrun_engine.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "src/launch/process_testing.h"
#include "src/launch/torchrun/failures.h"
#include "src/launch/torchrun_lines.h"

namespace nam56r::launch {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::Slurp;

// Stands for `python -u -m torch.distributed.run`: starts workers in sessions of their own, their
// output in files, and then passes it on with the prefix of each, as tail_log.py does.
constexpr const char* kFakePython = R"SH(#!/bin/sh
here=$(dirname "$0")
logs="$here/logs/torchrun/01234567_x/attempt_0"
prefix() { echo "$TORCHELASTIC_LOG_LINE_PREFIX_TEMPLATE" | sed "s/\${rank}/$1/"; }
rank=$FIRST
while [ $rank -lt $((FIRST + COUNT)) ]; do
  mkdir -p "$logs/$rank"
  RANK=$rank setsid /bin/sh "$here/worker.sh" > "$logs/$rank/stdout.log" 2> "$logs/$rank/stderr.log" &
  eval "pid_$rank=$!"
  rank=$((rank + 1))
done
failed=
rank=$FIRST
while [ $rank -lt $((FIRST + COUNT)) ]; do
  eval "wait \$pid_$rank"; code=$?
  p=$(prefix $rank)
  sed "s/^/$p/" "$logs/$rank/stdout.log"
  sed "s/^/$p/" "$logs/$rank/stderr.log" >&2
  if [ $code -ne 0 ] && [ -z "$failed" ]; then failed=1
    echo "E1123 api.py:869] failed (exitcode: $code) local_rank: $((rank - FIRST)) (pid: 1) of binary: python" >&2
  fi
  rank=$((rank + 1))
done
[ -z "$failed" ]
)SH";

class TorchrunEngineTest : public ::testing::Test {
 protected:
  TorchrunEngineTest() {
    Write("python", kFakePython);
    std::filesystem::permissions(directory_.path() / "python", std::filesystem::perms::owner_all);
    std::filesystem::create_directories(directory_.path() / "logs");
    options_.log_directory = directory_.path() / "logs";
    options_.on_event = [this](const RankEvent& event) { events_.push_back(event); };
    options_.on_line = [this](std::int64_t rank, std::string_view line) {
      lines_[rank] += std::string(line) + "\n";
    };
  }

  void Write(const std::string& name, const std::string& text) {
    std::ofstream(directory_.path() / name) << text;
  }
  EngineResult Run(const std::string& worker, std::int64_t first = 0, std::int64_t count = 3) {
    Write("worker.sh", worker);
    RankCommand agent;
    agent.rank = first;
    agent.starts = count;
    agent.argv = {(directory_.path() / "python").string(), "-u", "-m", "torch.distributed.run",
                  "--log-dir=" + (directory_.path() / "logs/torchrun").string()};
    agent.environment = {{"PATH", "/usr/bin:/bin"},
                         {"FIRST", std::to_string(first)},
                         {"COUNT", std::to_string(count)},
                         {"TORCHELASTIC_LOG_LINE_PREFIX_TEMPLATE", LinePrefixTemplate("01234567")}};
    auto result = TorchrunEngine().Run({agent}, options_);
    if (!result) throw std::runtime_error(result.errors().front().message);
    return *result;
  }
  std::string Log(const std::string& name) { return Slurp(options_.log_directory / name); }

  testing::TemporaryDirectory directory_;
  EngineOptions options_;
  std::vector<RankEvent> events_;
  std::map<std::int64_t, std::string> lines_;
};

TEST_F(TorchrunEngineTest, EveryRankHasItsOwnLogAndEvents) {
  const EngineResult result =
      Run("echo \"rank $RANK speaks\"\n"
          "echo \"@nam56r {\\\"event\\\":\\\"model_built\\\",\\\"rank\\\":$RANK}\"\n"
          "echo \"warning of $RANK\" >&2\n"
          "mkdir -p \"$(dirname $0)/logs/torchrun/01234567_x/attempt_0/$RANK\"\n"
          "echo '{}' > \"$(dirname $0)/logs/torchrun/01234567_x/attempt_0/$RANK/error.json\"\n",
          8);
  EXPECT_EQ(result.outcome, Outcome::kSucceeded) << result.reason;
  ASSERT_EQ(result.ranks.size(), 3u);
  ASSERT_EQ(events_.size(), 3u);
  for (std::int64_t rank = 8; rank < 11; ++rank) {
    const std::string log = Log(fmt::format("rank-{}.log", rank));
    EXPECT_THAT(log, HasSubstr(fmt::format("rank {} speaks\n", rank)));
    EXPECT_THAT(log, HasSubstr(fmt::format("warning of {}\n", rank)));
    EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), 3) << log;
    EXPECT_EQ(result.ranks[static_cast<std::size_t>(rank - 8)].rank, rank);
    EXPECT_EQ(result.ranks[static_cast<std::size_t>(rank - 8)].exit_code, 0);
    EXPECT_EQ(events_[static_cast<std::size_t>(rank - 8)].rank, rank);
    const std::string kept = fmt::format("torchrun/01234567_x/attempt_0/{}/", rank);
    EXPECT_TRUE(std::filesystem::exists(options_.log_directory / (kept + "error.json")));
    EXPECT_FALSE(std::filesystem::exists(options_.log_directory / (kept + "stdout.log")))
        << "it is in the log of the rank";
  }
}

TEST_F(TorchrunEngineTest, TheRankThatFailedFirstIsNamed) {
  const EngineResult result = Run("[ $RANK -ne 5 ] || exit 7\n", 4);
  EXPECT_EQ(result.outcome, Outcome::kFailed);
  EXPECT_EQ(result.reason, "rank 5 exited with 7");
  EXPECT_EQ(result.ending, Ending::kRankExit);
  EXPECT_EQ(result.named, std::vector<std::int64_t>{5});
  ASSERT_EQ(result.ranks.size(), 3u);
  EXPECT_TRUE(result.ranks[1].first_failure);
  EXPECT_EQ(result.ranks[1].exit_code, 7);
  EXPECT_FALSE(result.ranks[0].first_failure);
  EXPECT_EQ(result.ranks[0].exit_code, -1) << "torchrun did not say";
  EXPECT_THAT(lines_[4], HasSubstr("torchrun: E1123"));
  EXPECT_THAT(Log("agent/rank-4.log"), HasSubstr("exitcode: 7"));
}

TEST_F(TorchrunEngineTest, AnAgentThatFailsByItselfIsCalledSo) {
  Write("python", "#!/bin/sh\necho 'No module named torch' >&2\nexit 1\n");
  const EngineResult result = Run("");
  EXPECT_EQ(result.outcome, Outcome::kFailed);
  EXPECT_EQ(result.reason, "torchrun exited with 1");
  EXPECT_THAT(result.named, IsEmpty());
  EXPECT_THAT(lines_[0], HasSubstr("No module named torch"));
  for (const RankOutcome& rank : result.ranks) EXPECT_FALSE(rank.first_failure);
}

// Its workers are in sessions of their own, and ignore what is asked of them.
TEST_F(TorchrunEngineTest, NoWorkerOutlivesAnAgentThatIsKilled) {
  options_.grace_seconds = 0.1;
  Write("python", std::string("#!/bin/sh\ntrap '' TERM\nhere=$(dirname \"$0\")\n"
                              "for i in 1 2 3; do setsid /bin/sh \"$here/worker.sh\" & done\n"
                              "while [ ! -e \"$here/up\" ]; do sleep 0.01; done\n"
                              "kill -KILL $$\n"));
  const std::string mark = directory_.path().string() + "/worker.sh";
  const EngineResult result =
      Run("trap '' TERM HUP INT\n: > \"$(dirname $0)/up\"\nsleep 600 & wait; sleep 600\n");
  EXPECT_EQ(result.outcome, Outcome::kFailed);
  EXPECT_THAT(testing::ProcessesWith(mark), IsEmpty());
}

TEST(TorchrunFailures, ReadsTheReport) {
  TorchrunFailures failures(8);
  for (const char* line :
       {"E0101 12:00:00 4242 torch/distributed/elastic/multiprocessing/api.py:869] failed "
        "(exitcode: -6) local_rank: 3 (pid: 4250) of binary: /venv/bin/python",
        "Failures:", "[1]:", "  time      : 2026-01-01_12:00:00", "  host      : n1",
        "  rank      : 9 (local_rank: 1)", "  exitcode  : -15 (pid: 4248)", "  error_file: <N/A>",
        "Root Cause (first observed failure):", "[0]:", "  rank      : 11 (local_rank: 3)",
        "  exitcode  : -6 (pid: 4250)", "  rank      : of something else", "  exitcode  : 99999"}) {
    failures.Feed(line);
  }
  EXPECT_EQ(failures.first(), 11);
  EXPECT_EQ(failures.exit_codes(), (std::map<std::int64_t, int>{{9, -15}, {11, -6}}));
}

}  // namespace
}  // namespace nam56r::launch
