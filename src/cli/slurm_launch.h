#pragma once

#include <string>

#include "src/cli/commands.h"
#include "src/launch/run.h"

namespace nam56r::cli {

/// launch --engine slurm: |run| has what RunLaunch knows of the host and the launcher.
int LaunchOnSlurm(const std::string& bytes, const std::string& file, const launch::RunOptions& run,
                  const LaunchArguments& arguments, const Terminal& terminal);

}  // namespace nam56r::cli
