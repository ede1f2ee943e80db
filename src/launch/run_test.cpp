#include "src/launch/run.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <cmath>
#include <functional>

#include "src/base/expected.h"
#include "src/launch/launch_testing.h"

namespace nam56r::launch {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using testing::Lines;
using testing::Slurp;

const std::string& TinyBytes() {
  static const std::string bytes = testing::ContractBytes("nam56r-tiny.toml", "laptop.toml");
  return bytes;
}

/// Reports what it is told to, starts nothing.
class FakeEngine final : public Engine {
 public:
  std::vector<RankEvent> events;
  EngineResult result;
  base::Diagnostics errors;
  std::vector<RankCommand> started;
  std::vector<EngineOptions> attempts;  ///< one a call
  std::optional<StopRequest> stop;      ///< what it was told after the events
  std::vector<EngineResult> earlier;    ///< what the first attempts end in, |result| after them

  base::Expected<EngineResult> Run(const std::vector<RankCommand>& ranks,
                                   const EngineOptions& options) override {
    started = ranks;
    attempts.push_back(options);
    if (attempts.size() <= earlier.size()) return earlier[attempts.size() - 1];
    if (!errors.empty()) return errors;
    for (const RankEvent& event : events) options.on_event(event);
    stop = options.stop_wanted();
    for (const RankCommand& rank : ranks) result.ranks.push_back({rank.rank, true, 0, 0, 1, false});
    return result;
  }
};

class RunContractTest : public ::testing::Test {
 protected:
  RunContractTest() {
    options_.runs_directory = machine_.path() / "runs";
    options_.launcher_environment = machine_.environment();
    options_.executable = machine_.path() / "nam56r";
    options_.cores = 4;
    options_.memory_bytes = std::int64_t{8} << 30;
    engine_.result.outcome = Outcome::kSucceeded;
  }

  base::Expected<RunResult> Run(const std::string& bytes = TinyBytes()) {
    return RunContract(bytes, "tiny.json", options_, engine_);
  }
  int Receipts() {
    auto list = ListReceipts(options_.runs_directory);
    return list ? static_cast<int>(list->receipts.size()) : -1;
  }

  testing::FakeMachine machine_;
  RunOptions options_;
  FakeEngine engine_;
};

TEST_F(RunContractTest, ReceiptAndSummaryTellTheRun) {
  engine_.events = {
      {0, {{"event", "start"}, {"rank", 0}, {"parameters", 5}}},
      {2, {{"event", "step"}, {"step", 1}, {"loss", 5.54}, {"mtp_loss", 5.55}}},
      {2, {{"event", "step"}, {"step", 300}, {"loss", 2.2}, {"mtp_loss", 2.4}}},
      {2, {{"event", "validation"}, {"step", 300}, {"loss", 2.31}}},
      {2, {{"event", "done"}, {"seconds", 80.0}, {"tokens_per_s", 41000.0}}},
  };
  int told = 0;
  options_.on_event = [&](const RankEvent&, double) { ++told; };
  auto result = Run();
  ASSERT_TRUE(result);
  EXPECT_EQ(told, 5);
  EXPECT_EQ(result->engine.outcome, Outcome::kSucceeded);
  const RunSummary& summary = result->summary;
  EXPECT_EQ(summary.parameters_per_rank.size(), 4u);
  EXPECT_EQ(summary.parameters_per_rank[0], summary.parameters_per_rank[1]) << "one stage";
  EXPECT_NE(summary.parameters_per_rank[0], summary.parameters_per_rank[2]) << "two stages";
  EXPECT_EQ(summary.steps, 300);
  EXPECT_EQ(summary.first_loss, 5.54);
  EXPECT_EQ(summary.last_loss, 2.2);
  EXPECT_EQ(summary.last_mtp_loss, 2.4);
  EXPECT_EQ(summary.validation_loss, 2.31);
  EXPECT_EQ(summary.tokens_per_second, 41000.0);

  const auto& directory = result->receipt_directory;
  EXPECT_EQ(Slurp(directory / "contract.json"), TinyBytes());
  EXPECT_EQ(Lines(Slurp(directory / "events.jsonl")).size(), 5u);
  EXPECT_EQ(Lines(Slurp(directory / "metrics.jsonl")).size(), 3u);
  auto receipt = ReadReceipt(directory);
  ASSERT_TRUE(receipt);
  EXPECT_EQ(receipt->state, ReceiptState::kSucceeded);
  EXPECT_EQ(receipt->outcome["summary"]["validation_loss"], 2.31);
}

TEST_F(RunContractTest, WorkersReadTheContractOfTheReceipt) {
  auto result = Run();
  ASSERT_TRUE(result);
  ASSERT_EQ(engine_.started.size(), 4u);
  for (const RankCommand& command : engine_.started) {
    EXPECT_EQ(command.argv[2], (result->receipt_directory / "contract.json").string());
  }
}

TEST_F(RunContractTest, RunsOfOneSecondDoNotMeet) {
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(Run());
  EXPECT_EQ(Receipts(), 3);
}

TEST_F(RunContractTest, DryRunIsTheRun) {
  auto prepared = PrepareRun(TinyBytes(), "tiny.json", options_);
  ASSERT_TRUE(prepared);
  EXPECT_EQ(Receipts(), 0);
  EXPECT_FALSE(std::filesystem::exists(options_.runs_directory)) << "it creates nothing";
  ASSERT_TRUE(Run());
  for (std::size_t i = 0; i < 4; ++i) {
    RankCommand dry = ToCommand(prepared->run.ranks[i]);
    RankCommand real = engine_.started[i];
    // Two things differ from run to run: the port, and the time in the receipt's name.
    for (RankCommand* command : {&dry, &real}) {
      command->environment.erase("MASTER_PORT");
      command->argv[2].clear();
    }
    EXPECT_EQ(dry.argv, real.argv);
    EXPECT_EQ(dry.environment, real.environment);
  }
}

TEST_F(RunContractTest, ChangedContractIsNotLaunched) {
  json document = json::parse(TinyBytes());
  document["fixed_policy"]["optimizer"]["lr"]["value"] = 1.0;
  auto result = Run(document.dump());
  ASSERT_FALSE(result);
  EXPECT_EQ(result.errors()[0].code, "CONTRACT0002");
  EXPECT_EQ(Receipts(), 0);
  EXPECT_TRUE(engine_.started.empty());
}

TEST_F(RunContractTest, UnboundHostLeavesNoReceipt) {
  options_.executable = "/nowhere/nam56r";
  EXPECT_FALSE(Run());
  EXPECT_FALSE(std::filesystem::exists(options_.runs_directory));
  EXPECT_TRUE(engine_.started.empty());
}

TEST_F(RunContractTest, WhatAHostLacksForMegatronIsRefused) {
  auto result = Run(testing::ContractBytes("nam56r.toml", "h200x8-bf16.toml"));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.errors()[0].code, "LAUNCH0001");
  EXPECT_EQ(Receipts(), 0);
  options_.engine = "torchrun";
  result = Run();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.errors()[0].code, "LAUNCH0008") << "torchrun starts no native ranks";
}

TEST_F(RunContractTest, EngineErrorEndsTheReceipt) {
  base::Diagnostic error;
  error.code = "LAUNCH0003";
  error.message = "cannot make a pipe";
  engine_.errors = {error};
  auto result = Run();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.errors()[0].code, "LAUNCH0003");
  auto list = ListReceipts(options_.runs_directory);
  ASSERT_EQ(list->receipts.size(), 1u);
  EXPECT_EQ(list->receipts[0].state, ReceiptState::kFailed);
  EXPECT_EQ(list->receipts[0].outcome["reason"], "cannot make a pipe");
  EXPECT_EQ(list->receipts[0].outcome["ending"], "launch-failed");
}

EngineResult HostFailure() {
  EngineResult result;
  result.ending = Ending::kRankSignal;
  result.reason = "rank 1 was killed by SIGKILL (Killed)";
  result.named = {1};
  return result;
}

std::function<Cause(const std::filesystem::path&, const EngineResult&)> Says(
    const std::string& surface_class) {
  return [surface_class](const std::filesystem::path&, const EngineResult&) {
    Cause cause;
    cause.surface_class = surface_class;
    cause.code = "HOST-OOM";
    cause.cause = "the kernel killed it";
    cause.confidence = 0.9;
    return cause;
  };
}

TEST_F(RunContractTest, HostThatFailedOnceIsTriedAgain) {
  engine_.earlier = {HostFailure()};
  engine_.events = {{2, {{"event", "step"}, {"step", 1}, {"loss", 5.5}}}};
  options_.restarts = 2;
  options_.attribute = Says("host");
  std::filesystem::path recorded;
  options_.record = [&](const std::filesystem::path& receipt) { recorded = receipt; };
  std::vector<std::string> decisions;
  options_.on_attempt = [&](const Attempt& attempt) { decisions.push_back(attempt.decision); };
  auto result = Run();
  ASSERT_TRUE(result);
  EXPECT_EQ(result->engine.outcome, Outcome::kSucceeded);
  ASSERT_EQ(result->attempts.size(), 2u);
  EXPECT_THAT(decisions,
              ::testing::ElementsAre("restart 1 of 2 in 1 s: the cause is the host", ""));
  EXPECT_EQ(engine_.attempts[0].log_directory, result->receipt_directory / "logs");
  EXPECT_EQ(engine_.attempts[1].log_directory, result->receipt_directory / "logs/attempt-2");
  EXPECT_TRUE(std::filesystem::is_directory(engine_.attempts[1].log_directory));
  EXPECT_EQ(recorded, result->receipt_directory);

  const json outcome = ReadReceipt(result->receipt_directory)->outcome;
  EXPECT_EQ(outcome["status"], "succeeded");
  EXPECT_EQ(outcome["cause"], nullptr);
  ASSERT_EQ(outcome["attempts"].size(), 2u);
  EXPECT_EQ(outcome["attempts"][0]["ending"], "rank-signal");
  EXPECT_EQ(outcome["attempts"][0]["named_ranks"], json({1}));
  EXPECT_EQ(outcome["attempts"][0]["cause"]["class"], "host");
  EXPECT_EQ(outcome["attempts"][0]["logs"], "logs");
  EXPECT_EQ(outcome["attempts"][1]["logs"], "logs/attempt-2");
  EXPECT_EQ(outcome["steps"],
            json({{"prove", "skipped"}, {"attribute", "not needed"}, {"record", "follows"}}));
}

TEST_F(RunContractTest, OtherCausesAreNotTriedAgain) {
  engine_.result = HostFailure();
  options_.restarts = 2;
  options_.attribute = Says("policy");
  auto result = Run();
  ASSERT_TRUE(result);
  EXPECT_EQ(result->attempts.size(), 1u);
  const json outcome = ReadReceipt(result->receipt_directory)->outcome;
  EXPECT_EQ(outcome["ending"], "rank-signal");
  EXPECT_EQ(outcome["cause"]["class"], "policy");
  EXPECT_EQ(outcome["attempts"][0]["decision"],
            "no restart: the cause is the policy, which stays the same");
  EXPECT_EQ(outcome["steps"]["record"], "skipped");
}

TEST_F(RunContractTest, SignalDuringTheDelayEndsTheRun) {
  engine_.earlier = {HostFailure()};
  options_.restarts = 2;
  options_.attribute = Says("host");
  options_.on_attempt = [](const Attempt&) { ::raise(SIGTERM); };
  auto result = Run();
  ASSERT_TRUE(result);
  EXPECT_EQ(result->engine.outcome, Outcome::kInterrupted);
  EXPECT_EQ(result->engine.ending, Ending::kRequested);
  EXPECT_EQ(result->engine.reason,
            "interrupted by SIGTERM before a restart; attempt 1: rank 1 was killed by SIGKILL "
            "(Killed)");
  EXPECT_EQ(engine_.attempts.size(), 1u);
  EXPECT_EQ(ReadReceipt(result->receipt_directory)->state, ReceiptState::kInterrupted);
}

TEST_F(RunContractTest, WhatWasProvedIsKeptAndWhatWasNotRefusesTheRun) {
  options_.prove = [](const contract::ReadContract&, const BoundRun&) {
    return base::Expected<json>(json{{"gpus", 8}});
  };
  auto result = Run();
  ASSERT_TRUE(result);
  EXPECT_EQ(json::parse(Slurp(result->receipt_directory / "proof.json")), json({{"gpus", 8}}));
  EXPECT_EQ(ReadReceipt(result->receipt_directory)->outcome["steps"]["prove"], "done");

  base::Diagnostic drift;
  drift.code = "LAUNCH0301";
  options_.prove = [&](const contract::ReadContract&, const BoundRun&) {
    return base::Expected<json>(drift);
  };
  engine_.started.clear();
  ASSERT_FALSE(Run());
  EXPECT_TRUE(engine_.started.empty());
  EXPECT_EQ(Receipts(), 1);
}

TEST_F(RunContractTest, GraceForACheckpointAndWalltime) {
  ASSERT_TRUE(Run());
  const double grace = engine_.attempts[0].stop_grace_seconds;
  const bool saves =
      json::parse(TinyBytes()).dump().find("\"checkpoint.save\"") != std::string::npos;
  EXPECT_EQ(grace, saves ? 60 : 1);
  EXPECT_EQ(engine_.attempts[0].walltime_seconds, 0);

  options_.stop_grace_seconds = 5;
  options_.walltime_seconds = 100;
  ASSERT_TRUE(Run());
  EXPECT_EQ(engine_.attempts[1].stop_grace_seconds, 5);
  EXPECT_NEAR(engine_.attempts[1].walltime_seconds, 100, 5);

  options_.walltime_seconds = 5;
  auto refused = Run();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.errors()[0].code, "LAUNCH0201");
}

TEST_F(RunContractTest, CallersStopRequestAndHeartbeats) {
  engine_.events = {{0, {{"event", "heartbeat"}, {"step", 1}, {"phase", "forward"}}},
                    {0, {{"event", "seam"}, {"seam", "x"}, {"proved", false}}}};
  int told = 0;
  options_.on_event = [&](const RankEvent&, double) { ++told; };
  options_.stop_wanted = [&]() -> std::optional<StopRequest> {
    if (told < 2) return std::nullopt;
    return StopRequest{Ending::kSeamUnproved, "seam x", {0}};
  };
  auto result = Run();
  ASSERT_TRUE(result);
  EXPECT_EQ(told, 2) << "heartbeats are told";
  EXPECT_EQ(Lines(Slurp(result->receipt_directory / "events.jsonl")).size(), 1u) << "and not kept";
  ASSERT_TRUE(engine_.stop);
  EXPECT_EQ(engine_.stop->ending, Ending::kSeamUnproved);
}

TEST_F(RunContractTest, LossThatIsNoNumberIsNotForgotten) {
  engine_.events = {{2, {{"event", "step"}, {"step", 1}, {"loss", 5.5}}},
                    {2, {{"event", "step"}, {"step", 2}, {"loss", nullptr}}}};
  engine_.result.outcome = Outcome::kFailed;
  auto result = Run();
  ASSERT_TRUE(result);
  EXPECT_TRUE(std::isnan(*result->summary.last_loss));
  EXPECT_EQ(ReadReceipt(result->receipt_directory)->outcome["summary"]["last_loss"], "NaN");
}

TEST_F(RunContractTest, RunsDirectoryOfTheHost) {
  options_.runs_directory.clear();
  const auto host =
      machine_.Host(fmt::format("[paths]\nruns = \"{}/elsewhere\"\n", machine_.path().string()));
  options_.host = &host;
  auto result = Run();
  ASSERT_TRUE(result);
  EXPECT_EQ(result->receipt_directory.parent_path(), machine_.path() / "elsewhere");
}

TEST_F(RunContractTest, RealProcessesThroughTheLocalEngine) {
  // The worker of this machine is a script that reports one step and fails on rank 2.
  std::ofstream(machine_.path() / "nam56r-worker")
      << "#!/bin/sh\necho \"@nam56r "
         "{\\\"event\\\":\\\"step\\\",\\\"step\\\":1,\\\"loss\\\":5.5}\"\n"
         "echo \"rank $RANK of $WORLD_SIZE\" >&2\n[ $RANK != 2 ] || exit 65\nsleep 60\n";
  LocalEngine engine;
  auto result = RunContract(TinyBytes(), "tiny.json", options_, engine);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->engine.outcome, Outcome::kFailed);
  EXPECT_EQ(result->engine.reason, "rank 2 exited with 65");
  EXPECT_LT(result->engine.seconds, 2.0);
  EXPECT_EQ(result->summary.first_loss, 5.5);
  EXPECT_THAT(Slurp(result->receipt_directory / "logs/rank-2.log"), HasSubstr("rank 2 of 4\n"));
  const json outcome = ReadReceipt(result->receipt_directory)->outcome;
  EXPECT_EQ(outcome["first_failure"], 2);
  EXPECT_EQ(outcome["ending"], "rank-exit");
  EXPECT_EQ(outcome["ranks"][2]["last_line"], "rank 2 of 4");
  EXPECT_EQ(outcome["ranks"][2]["step"], 1);
}

}  // namespace
}  // namespace nam56r::launch
