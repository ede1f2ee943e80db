#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "src/launch/run.h"

namespace nam56r::report {

/// What `launch --dry-run` prints: for each rank the command line and the environment, every word
/// beside its owner and origin. Secrets are redacted, as in a receipt. Ranks that differ only in
/// their own rank variables are listed as such. Before them the engine and the files that the
/// receipt gets first; of a manifest for Kubernetes its text, without the files in it.
std::string DryRunText(const launch::PreparedRun& prepared);

/// The same for programs: launch::RanksJson(), and "manifest".
nlohmann::json DryRunJson(const launch::BoundRun& run);

}  // namespace nam56r::report
