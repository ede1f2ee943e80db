#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "src/base/expected.h"
#include "src/launch/engine.h"
#include "src/launch/run.h"
#include "src/launch/slurm/slurm_tools.h"

/// A run through Slurm, seen from the login node: the job is submitted, and its receipt followed as
/// the job writes it. The contract and the host file are copied, so that what runs is what was
/// submitted, whatever is edited while the job waits.
namespace nam56r::launch::slurm {

/// What the batch program is told; it stands in the batch file itself.
struct BatchRequest {
  std::filesystem::path receipt_directory;
  std::filesystem::path contract;
  std::filesystem::path host;                      ///< empty: none
  std::map<std::string, std::string> environment;  ///< of the launcher, what binding may use of it
  double grace_seconds = 1;
  std::optional<double> stop_grace_seconds;  ///< see RunOptions; likewise below
  double walltime_seconds = 0;
  HangLimits hang;
  std::int64_t restarts = 0;
  std::vector<std::string> accept_drift;  ///< dotted names of the probe
  std::int64_t ranks_per_node = 1;
  double slurmd_grace_seconds = 1;
};

/// A file whose first line has the kernel start `|executable| slurm-batch FILE`: no shell reads it.
/// Error: LAUNCH0302, the kernel takes at most 255 bytes there and splits at a space.
base::Expected<std::string> BatchFile(const std::filesystem::path& executable,
                                      const BatchRequest& request);
/// Error: LAUNCH0307.
base::Expected<BatchRequest> ReadBatchFile(const std::filesystem::path& file);

struct SubmitOptions {
  RunOptions run;                         ///< host, directories, environment, graces
  std::string host_file;                  ///< that run.host came from; empty: none
  std::vector<std::string> accept_drift;  ///< dotted names of the probe that may have changed
  bool detach = false;  ///< do not follow, and leave the job when this process ends
  std::function<void(const std::string& job, const std::filesystem::path& receipt)> on_submitted;
  /// "waits: Priority", "runs on n[1-2]"; once for each that is new.
  std::function<void(const std::string& state)> on_state;
  std::function<void(const contract::ReadContract&, const BoundRun&)> on_start;
  std::function<void(const RankEvent&, double seconds)> on_event;
};

struct SubmittedRun {
  std::string job;
  std::filesystem::path receipt_directory;
  nlohmann::json outcome;  ///< outcome.json; null when detached
};

/// Checks the contract, submits and follows until there is an outcome. Unless detached, the job is
/// cancelled when this process is told to stop, or killed in any way. Where the job is gone and has
/// left no outcome, one is written from what Slurm says of it. Errors: those of PrepareRun, of
/// SlurmTools, LAUNCH0302, LAUNCH0305 the job ended before it began a receipt.
base::Expected<SubmittedRun> RunThroughSlurm(std::string_view contract_bytes,
                                             const std::string& file, const SubmitOptions& options,
                                             const SlurmTools& tools);

/// What Slurm says of a job that left no outcome, as outcome.json has it.
nlohmann::json OutcomeOfJob(const Job& job, std::string_view started);

}  // namespace nam56r::launch::slurm
