#pragma once

#include "src/base/program.h"
#include "src/cli/commands.h"
#include "src/cli/terminal.h"
#include "src/launch/run.h"

namespace nam56r::cli {

/// Fills the hooks of |options|: before anything starts the host is probed and compared with the
/// last good run, and the interpreter is asked for the seams; while it runs seams prove themselves;
/// when it failed the logs are asked why; when it is over the catalog learns of it. Warnings go to
/// |terminal|. Call it after every other hook has been set. All outlive the run.
void AddProofs(const LaunchArguments& arguments, const Terminal& terminal,
               launch::RunOptions& options, base::ProgramRunner& runner);

}  // namespace nam56r::cli
