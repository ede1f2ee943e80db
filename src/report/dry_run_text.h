#pragma once

#include <string>

#include "src/launch/run.h"

namespace nam56r::report {

/// What `launch --dry-run` prints: for each rank the command line and the environment, every word
/// beside its owner and origin. Secrets are redacted, as in a receipt. Ranks that differ only in
/// their own rank variables are listed as such.
std::string DryRunText(const launch::PreparedRun& prepared);

}  // namespace nam56r::report
