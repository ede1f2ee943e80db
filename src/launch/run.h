#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/expected.h"
#include "src/base/schema.h"
#include "src/contract/reader.h"
#include "src/host/host.h"
#include "src/launch/bind.h"
#include "src/launch/cause.h"
#include "src/launch/engine.h"
#include "src/launch/receipt.h"

/// One run from a contract's bytes to its receipt. What is launched is what was checked: the digest
/// is verified over the very bytes that the receipt keeps and the workers read.
namespace nam56r::launch {

/// One start of all ranks.
struct Attempt {
  std::int64_t number = 1;
  EngineResult engine;
  std::optional<Cause> cause;  ///< of one that failed, if there was somebody to ask
  std::string decision;        ///< "restart in 2 s: ...", "no restart: ..."; empty: none was needed
  std::optional<double> delay_seconds;  ///< until the next; absent: it was the last
};

struct RunOptions {
  const base::Loaded<host::Host>* host = nullptr;           ///< null: defaults
  std::filesystem::path runs_directory;                     ///< empty: host paths.runs, then ./runs
  std::filesystem::path receipt_directory;                  ///< empty: a new one for this second
  std::string master_addr;                                  ///< see BindOptions
  std::map<std::string, std::string> launcher_environment;  ///< see ProcessEnvironment()
  std::filesystem::path executable;                         ///< see BindOptions
  std::int64_t cores = 0;                                   ///< see BindOptions
  std::int64_t memory_bytes = 0;                            ///< see BindOptions
  std::string engine;                                       ///< see BindOptions
  std::optional<std::int64_t> node_rank;                    ///< see BindOptions
  /// Adds files that the engine reads (a manifest) or reasons to refuse; null: nothing.
  std::function<base::Status(std::string_view contract_bytes, BoundRun&)> complete;
  std::vector<std::string> nodes;  ///< see BindOptions
  double grace_seconds = 1.0;      ///< see EngineOptions
  /// See EngineOptions; absent: 60 s if the contract saves checkpoints, else grace_seconds.
  std::optional<double> stop_grace_seconds;
  double walltime_seconds = 0;  ///< of all attempts together; 0: no end. See EngineOptions
  HangLimits hang;
  std::int64_t restarts = 0;  ///< how often a run that failed for its host may be started again
  std::int64_t max_log_bytes = std::int64_t{64} << 20;

  // Steps that other parts of the launcher do. Null: not there, and the receipt says so.

  /// Before anything starts; what it answers is kept as proof.json, an error refuses the run.
  std::function<base::Expected<nlohmann::json>(const contract::ReadContract&, const BoundRun&)>
      prove;
  /// After an attempt that failed. The logs are below EngineResult::log_directory.
  std::function<Cause(const std::filesystem::path& receipt, const EngineResult&)> attribute;
  /// When the receipt is complete.
  std::function<void(const std::filesystem::path& receipt)> record;
  /// See EngineOptions: how whoever reads on_event ends the run.
  std::function<std::optional<StopRequest>()> stop_wanted;

  /// Called once, when the receipt exists and before the first process starts.
  std::function<void(const contract::ReadContract&, const BoundRun&)> on_start;
  /// From the thread that called RunContract; |seconds| since the start.
  std::function<void(const RankEvent&, double seconds)> on_event;
  std::function<void(std::int64_t rank, std::string_view line)> on_line;
  /// After every attempt: why it ended, and whether another follows.
  std::function<void(const Attempt&)> on_attempt;
};

/// A contract and where it would run: what --dry-run prints.
struct PreparedRun {
  contract::ReadContract contract;
  BoundRun run;
};

/// The numbers that people ask for first. Absent: no rank reported it.
struct RunSummary {
  std::vector<std::int64_t> parameters_per_rank;  ///< from the plan, by rank
  std::optional<std::int64_t> steps;
  std::optional<double> first_loss;  ///< nats a token; NaN when a rank reported one
  std::optional<double> last_loss;
  std::optional<double> last_mtp_loss;
  std::optional<double> validation_loss;
  std::optional<double>
      tokens_per_second;  ///< as the workers measured it, or over all steps but the first
};

struct RunResult {
  std::filesystem::path receipt_directory;
  EngineResult engine;            ///< of the last attempt
  RunSummary summary;             ///< likewise
  std::vector<Attempt> attempts;  ///< at least one
};

/// Verifies and binds; creates nothing. |file| names the contract in errors. Errors: those of
/// contract::Parse, of contract::Verify and of Bind.
base::Expected<PreparedRun> PrepareRun(std::string_view contract_bytes, const std::string& file,
                                       const RunOptions& options);

/// PrepareRun, a receipt, the engine, the outcome. A run that fails is a RunResult; an error says
/// that nothing ran to its end: those of PrepareRun, LAUNCH0008 (no engine for this backend),
/// LAUNCH0201 (walltime not longer than the grace), those of |prove|, LAUNCH0010 (receipt not
/// writable), and the engine's own.
base::Expected<RunResult> RunContract(std::string_view contract_bytes, const std::string& file,
                                      const RunOptions& options, Engine& engine);

/// |summary| as outcome.json has it.
nlohmann::json ToJson(const RunSummary& summary);

/// The rank coordinates that launch relies on for parameter counts: Megatron's order
/// (tp, cp, dp, pp), so that stage = rank / (world / pp).
std::int64_t StageOfRank(const policy::Layout& layout, std::int64_t rank);

}  // namespace nam56r::launch
