#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "src/base/expected.h"
#include "src/launch/engine.h"

namespace nam56r::launch::slurm {

/// What the keepers of one run need to know: a private file on the shared file system, there for as
/// long as the run. It holds commands as they are started, secrets included.
struct StepFile {
  std::vector<RankCommand> ranks;
  std::filesystem::path log_directory;
  std::string address;  ///< of the batch program
  int port = 0;
  std::string token;  ///< see LeashProof
  double grace_seconds = 1;
  double stop_grace_seconds = 1;
  HangLimits hang;
  std::int64_t max_log_bytes = 0;
  std::string slurmd_pid_file;      ///< with %n and %h; empty: slurmd is not watched from its node
  double slurmd_grace_seconds = 1;  ///< how long a slurmd may be gone, to be restarted
};

/// Error: LAUNCH0010.
base::Status WriteStepFile(const std::filesystem::path& path, const StepFile& step);
/// Error: LAUNCH0307.
base::Expected<StepFile> ReadStepFile(const std::filesystem::path& path);

}  // namespace nam56r::launch::slurm
