#include "src/launch/run.h"

#include <chrono>
#include <cmath>
#include <utility>

#include "src/contract/contract.h"
#include "src/launch/run_summary.h"
#include "src/launch/utc_time.h"

namespace nam56r::launch {
namespace {

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
  bind.nodes = options.nodes;
  bind.master_addr = options.master_addr;
  return Bind(contract, options.host, bind);
}

// When nothing could be started there are no ranks to tell of, but the receipt still ends.
EngineResult NothingRan(const base::Diagnostics& errors) {
  EngineResult result;
  result.outcome = Outcome::kFailed;
  result.reason = errors.front().message;
  return result;
}

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
  return PreparedRun{*std::move(contract), *std::move(run)};
}

base::Expected<RunResult> RunContract(std::string_view contract_bytes, const std::string& file,
                                      const RunOptions& options, Engine& engine) {
  auto prepared = PrepareRun(contract_bytes, file, options);
  if (!prepared) return prepared.errors();
  const contract::ReadContract& contract = prepared->contract;
  const BoundRun& run = prepared->run;
  if (!run.refused.empty()) return run.refused;

  auto receipt = ReceiptWriter::Create(
      {NameOf(contract), contract.digest, contract.dialect, contract.policy.layout.world_size},
      contract_bytes, run);
  if (!receipt) return receipt.errors();
  if (options.on_start) options.on_start(contract, run);

  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  SummaryBuilder summary(contract);
  base::Diagnostics lost;  // the first failure to write an event; later ones say the same
  EngineOptions engine_options;
  engine_options.log_directory = receipt->log_directory();
  engine_options.grace_seconds = options.grace_seconds;
  engine_options.max_log_bytes = options.max_log_bytes;
  engine_options.on_line = options.on_line;
  engine_options.on_event = [&](const RankEvent& event) {
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    if (lost.empty()) {
      if (auto status = receipt->Append(event, seconds); !status) lost = status.errors();
    }
    summary.Feed(event, seconds);
    if (options.on_event) options.on_event(event, seconds);
  };

  std::vector<RankCommand> commands;
  for (const BoundRank& rank : run.ranks) commands.push_back(ToCommand(rank));
  auto result = engine.Run(commands, engine_options);
  if (!result) {
    // What matters is why nothing ran; that the receipt cannot say so either would be second.
    (void)receipt->Finish(NothingRan(result.errors()), nullptr);
    return result.errors();
  }
  RunResult done{receipt->directory(), *std::move(result), summary.Summary(), {}};
  if (auto status = receipt->Finish(done.engine, ToJson(done.summary)); !status) {
    return status.errors();
  }
  if (!lost.empty()) return lost;
  return done;
}

std::int64_t StageOfRank(const policy::Layout& layout, std::int64_t rank) {
  const std::int64_t ranks_of_a_stage = layout.world_size / layout.pipeline_parallel;
  return rank / ranks_of_a_stage;
}

}  // namespace nam56r::launch
