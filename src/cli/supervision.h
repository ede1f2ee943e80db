#pragma once

#include "src/base/expected.h"
#include "src/cli/commands.h"
#include "src/launch/run.h"

namespace nam56r::cli {

/// Seconds of "3600", "90.5", "HH:MM:SS" or "D-HH:MM:SS" (as Slurm's --time writes them, but that a
/// plain number is of seconds). Error: LAUNCH0202.
base::Expected<double> ParseWalltime(const std::string& text);

/// --grace, --walltime, --hang-after and --restarts. Error: LAUNCH0202.
base::Status SetSupervision(const LaunchArguments& arguments, launch::RunOptions& options);

/// What is told after an attempt that another may follow: why it ended, and what is done about it.
std::string AttemptText(const launch::Attempt& attempt);

}  // namespace nam56r::cli
