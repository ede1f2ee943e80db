#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "src/base/expected.h"

namespace nam56r::launch::slurm {

/// Exit code of a keeper whose batch program is gone (EX_UNAVAILABLE).
inline constexpr int kLeashLost = 69;

/// What srun starts once a rank: starts the rank of SLURM_PROCID as its child, writes its log,
/// reports what it says and how it ends, and ends it when the batch program wishes so or is gone.
/// Answers the rank's exit code (128 + signal when it was killed). Errors: LAUNCH0306, LAUNCH0307,
/// LAUNCH0308 not started by srun, and those of LocalEngine.
base::Expected<int> RunRankKeeper(const std::filesystem::path& step_file,
                                  const std::map<std::string, std::string>& environment);

}  // namespace nam56r::launch::slurm
