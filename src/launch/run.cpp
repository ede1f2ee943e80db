#include "src/launch/run.h"

#include <fmt/format.h>
#include <string.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <utility>

#include "src/contract/contract.h"
#include "src/launch/event_line.h"
#include "src/launch/host_error.h"
#include "src/launch/restart.h"
#include "src/launch/run_summary.h"
#include "src/launch/signal_watch.h"
#include "src/launch/utc_time.h"

namespace nam56r::launch {
namespace {

using nlohmann::json;

constexpr int kMaxAttempts = 100;

std::filesystem::path RunsDirectory(const RunOptions& options) {
  if (!options.runs_directory.empty()) return std::filesystem::absolute(options.runs_directory);
  const std::string stated = options.host != nullptr ? options.host->value.paths.runs : "";
  return std::filesystem::absolute(stated.empty() ? "runs" : stated);
}

std::string NameOf(const contract::ReadContract& contract) {
  const recipe::Model& model = contract.recipe.model;
  if (!contract.policy.run.name.empty()) return contract.policy.run.name;
  return model.variant.empty() ? model.name : model.name + "-" + model.variant;
}

// A directory that does not exist yet: two runs may start within one second.
std::filesystem::path NewReceiptDirectory(const contract::ReadContract& contract,
                                          const RunOptions& options) {
  if (!options.receipt_directory.empty()) return options.receipt_directory;
  const std::filesystem::path runs = RunsDirectory(options);
  const std::int64_t now = UnixNow();
  std::filesystem::path directory;
  for (int attempt = 1; attempt <= kMaxAttempts; ++attempt) {
    directory = runs / ReceiptId(now, NameOf(contract), contract.digest, attempt);
    std::error_code ignored;
    if (!std::filesystem::exists(directory, ignored)) break;
  }
  return directory;
}

base::Expected<BoundRun> BindAt(const contract::ReadContract& contract,
                                const std::filesystem::path& directory, const RunOptions& options) {
  BindOptions bind;
  bind.receipt_directory = directory;
  bind.launcher_environment = options.launcher_environment;
  bind.executable = options.executable;
  bind.cores = options.cores;
  bind.memory_bytes = options.memory_bytes;
  bind.engine = options.engine;
  bind.node_rank = options.node_rank;
  bind.nodes = options.nodes;
  bind.master_addr = options.master_addr;
  return Bind(contract, options.host, bind);
}

// When nothing could be started there are no ranks to tell of, but the receipt still ends.
EngineResult NothingRan(const base::Diagnostics& errors) {
  EngineResult result;
  result.reason = errors.front().message;
  return result;
}

double StopGrace(const contract::ReadContract& contract, const RunOptions& options) {
  constexpr double kForACheckpoint = 60;
  if (options.stop_grace_seconds) return *options.stop_grace_seconds;
  return contract.policy.checkpoint.save.empty() ? options.grace_seconds : kForACheckpoint;
}

base::Status CheckWalltime(double walltime, double grace) {
  if (walltime <= 0 || walltime > grace) return base::Ok{};
  base::Diagnostic error = HostError(
      "LAUNCH0201",
      fmt::format(
          "a walltime of {:.6g} s leaves nothing before the {:.6g} s in which the ranks may "
          "end in order",
          walltime, grace),
      "a longer --walltime, or a shorter --grace");
  return error;
}

std::string SignalName(int number) { return fmt::format("SIG{}", ::sigabbrev_np(number)); }

json ToJson(const Attempt& attempt, const std::filesystem::path& receipt) {
  const EngineResult& engine = attempt.engine;
  return {{"attempt", attempt.number},
          {"outcome", engine.outcome == Outcome::kSucceeded     ? "succeeded"
                      : engine.outcome == Outcome::kInterrupted ? "interrupted"
                                                                : "failed"},
          {"ending", EndingName(engine.ending)},
          {"reason", engine.reason},
          {"named_ranks", engine.named},
          {"seconds", engine.seconds},
          {"logs", engine.log_directory.lexically_relative(receipt).string()},
          {"cause", attempt.cause ? launch::ToJson(*attempt.cause) : json()},
          {"decision", attempt.decision},
          {"delay_seconds", attempt.delay_seconds ? json(*attempt.delay_seconds) : json()}};
}

/// The attempts of one run, from the first start of its ranks to the end of its receipt.
class Attempts {
 public:
  Attempts(const PreparedRun& prepared, const RunOptions& options, Engine& engine,
           ReceiptWriter& receipt, SignalWatch& signals, double stop_grace)
      : contract_(prepared.contract),
        first_run_(prepared.run),
        options_(options),
        engine_(engine),
        receipt_(receipt),
        signals_(signals),
        stop_grace_(stop_grace),
        summary_(prepared.contract) {}

  base::Expected<RunResult> Run() {
    for (std::int64_t number = 1;; ++number) {
      auto attempt = RunOne(number);
      if (!attempt) {
        // What matters is why nothing ran; that the receipt cannot say so either would be second.
        (void)Finish(NothingRan(attempt.errors()));
        return attempt.errors();
      }
      attempts_.push_back(*std::move(attempt));
      const bool again = Decide(attempts_.back());
      if (options_.on_attempt) options_.on_attempt(attempts_.back());
      if (!again || !WaitForNext(*attempts_.back().delay_seconds)) break;
    }
    RunResult done{receipt_.directory(), attempts_.back().engine, summary_.Summary(), attempts_};
    if (interrupted_by_) {
      done.engine.outcome = Outcome::kInterrupted;
      done.engine.ending = Ending::kRequested;
      done.engine.reason = fmt::format("interrupted by {} before a restart; attempt {}: {}",
                                       SignalName(*interrupted_by_), attempts_.size(),
                                       attempts_.back().engine.reason);
    }
    if (auto status = Finish(done.engine); !status) return status.errors();
    return done;
  }

 private:
  double Elapsed() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }
  double WalltimeLeft() const {
    if (options_.walltime_seconds <= 0) return std::numeric_limits<double>::infinity();
    return options_.walltime_seconds - Elapsed();
  }

  EngineOptions OptionsOf(const std::filesystem::path& logs) {
    EngineOptions options;
    options.log_directory = logs;
    options.grace_seconds = options_.grace_seconds;
    options.stop_grace_seconds = stop_grace_;
    if (options_.walltime_seconds > 0) {
      constexpr double kNone = 0.001;  // 0 would be no limit
      options.walltime_seconds = std::max(WalltimeLeft(), kNone);
    }
    options.hang = options_.hang;
    options.max_log_bytes = options_.max_log_bytes;
    options.on_line = options_.on_line;
    options.signals = &signals_;
    options.on_event = [this](const RankEvent& event) { OnEvent(event); };
    options.stop_wanted = [this]() -> std::optional<StopRequest> {
      // A run that cannot be told of afterwards is not worth its time.
      if (!lost_.empty()) return StopRequest{Ending::kLogLost, lost_.front().message, {}};
      return options_.stop_wanted ? options_.stop_wanted() : std::nullopt;
    };
    return options;
  }

  void OnEvent(const RankEvent& event) {
    const double seconds = Elapsed();
    // Heartbeats are about this moment; what was last seen of a rank is in the outcome.
    if (lost_.empty() && !IsHeartbeat(event.event)) {
      if (auto status = receipt_.Append(event, seconds); !status) lost_ = status.errors();
    }
    summary_.Feed(event, seconds);
    if (options_.on_event) options_.on_event(event, seconds);
  }

  base::Expected<Attempt> RunOne(std::int64_t number) {
    // Bound anew: a port that was free may be taken by now, and that may be what failed.
    std::optional<BoundRun> bound;
    if (number > 1) {
      auto again = BindAt(contract_, receipt_.directory(), options_);
      if (!again) return again.errors();
      if (!again->refused.empty()) return again->refused;
      bound = *std::move(again);
    }
    const BoundRun& run = bound ? *bound : first_run_;
    auto logs = receipt_.BeginAttempt(number, run);
    if (!logs) return logs.errors();
    summary_ = SummaryBuilder(contract_);
    std::vector<RankCommand> commands;
    for (const BoundRank& rank : run.ranks) commands.push_back(ToCommand(rank));
    auto result = engine_.Run(commands, OptionsOf(*logs));
    if (!result) return result.errors();

    Attempt attempt;
    attempt.number = number;
    attempt.engine = *std::move(result);
    EngineResult& ended = attempt.engine;
    if (ended.log_directory.empty()) ended.log_directory = *logs;
    if (!lost_.empty() && ended.outcome == Outcome::kSucceeded) {
      ended.outcome = Outcome::kFailed;
      ended.ending = Ending::kLogLost;
      ended.reason = lost_.front().message;
    }
    if (ended.outcome == Outcome::kFailed && options_.attribute) {
      attempt.cause = options_.attribute(receipt_.directory(), ended);
    }
    return attempt;
  }

  bool Decide(Attempt& attempt) const {
    const RestartDecision decision =
        DecideRestart(attempt.engine, attempt.cause ? &*attempt.cause : nullptr, attempt.number - 1,
                      {.restarts = options_.restarts}, WalltimeLeft() - stop_grace_);
    attempt.decision = decision.text;
    if (decision.restart) attempt.delay_seconds = decision.delay_seconds;
    return decision.restart;
  }

  bool WaitForNext(double seconds) {
    const auto time = std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
    if (signals_.Wait(time)) interrupted_by_ = signals_.Next();
    return !interrupted_by_;
  }

  base::Status Finish(const EngineResult& result) {
    json attempts = json::array();
    for (const Attempt& attempt : attempts_) {
      attempts.push_back(ToJson(attempt, receipt_.directory()));
    }
    const bool failed = !attempts_.empty() && attempts_.back().engine.outcome == Outcome::kFailed;
    const bool caused = failed && attempts_.back().cause;
    const json extra = {{"attempts", std::move(attempts)},
                        {"cause", caused ? launch::ToJson(*attempts_.back().cause) : json()},
                        {"steps",
                         {{"prove", options_.prove ? "done" : "skipped"},
                          {"attribute", !failed              ? "not needed"
                                        : options_.attribute ? "done"
                                                             : "skipped"},
                          {"record", options_.record ? "follows" : "skipped"}}}};
    auto status = receipt_.Finish(result, launch::ToJson(summary_.Summary()), extra);
    if (status && options_.record) options_.record(receipt_.directory());
    return status;
  }

  const contract::ReadContract& contract_;
  const BoundRun& first_run_;
  const RunOptions& options_;
  Engine& engine_;
  ReceiptWriter& receipt_;
  SignalWatch& signals_;
  const double stop_grace_;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  SummaryBuilder summary_;
  std::vector<Attempt> attempts_;
  base::Diagnostics lost_;  // the first failure to write an event; later ones say the same
  std::optional<int> interrupted_by_;
};

}  // namespace

base::Expected<PreparedRun> PrepareRun(std::string_view contract_bytes, const std::string& file,
                                       const RunOptions& options) {
  auto contract = contract::Parse(contract_bytes, file);
  if (!contract) return contract.errors();
  constexpr std::size_t kDate = 10;  // of "2026-08-01T12:00:00Z"
  const std::string today = UtcText(UnixNow()).substr(0, kDate);
  if (auto verified = contract::Verify(*contract, today); !verified) return verified.errors();
  auto run = BindAt(*contract, NewReceiptDirectory(*contract, options), options);
  if (!run) return run.errors();
  if (options.complete) {
    if (auto status = options.complete(contract_bytes, *run); !status) return status.errors();
  }
  return PreparedRun{*std::move(contract), *std::move(run)};
}

base::Expected<RunResult> RunContract(std::string_view contract_bytes, const std::string& file,
                                      const RunOptions& options, Engine& engine) {
  auto prepared = PrepareRun(contract_bytes, file, options);
  if (!prepared) return prepared.errors();
  const contract::ReadContract& contract = prepared->contract;
  const BoundRun& run = prepared->run;
  if (!run.refused.empty()) return run.refused;

  const double stop_grace = StopGrace(contract, options);
  if (auto status = CheckWalltime(options.walltime_seconds, stop_grace); !status) {
    return status.errors();
  }
  json proof;
  if (options.prove) {
    auto proved = options.prove(contract, run);
    if (!proved) return proved.errors();
    proof = *std::move(proved);
  }

  // From here to the end of the receipt no signal ends the launcher before it has written why.
  auto signals = SignalWatch::Start();
  if (!signals) return signals.errors();
  auto receipt = ReceiptWriter::Create({NameOf(contract), contract.digest, contract.dialect,
                                        contract.policy.layout.world_size, run.engine},
                                       contract_bytes, run);
  if (!receipt) return receipt.errors();
  if (options.prove) {
    if (auto status = receipt->KeepProof(proof); !status) {
      (void)receipt->Finish(NothingRan(status.errors()), nullptr);
      return status.errors();
    }
  }
  if (options.on_start) options.on_start(contract, run);
  return Attempts(*prepared, options, engine, *receipt, *signals, stop_grace).Run();
}

std::int64_t StageOfRank(const policy::Layout& layout, std::int64_t rank) {
  const std::int64_t ranks_of_a_stage = layout.world_size / layout.pipeline_parallel;
  return rank / ranks_of_a_stage;
}

}  // namespace nam56r::launch
