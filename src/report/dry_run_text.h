#pragma once

#include <string>
#include <string_view>

#include "src/launch/run.h"

namespace nam56r::report {

/// |text| with control characters escaped, so that what a process wrote cannot move a terminal's
/// cursor or change its colours. Tabs stay.
std::string Printable(std::string_view text);

/// What `launch --dry-run` prints: for each rank the command line and the environment, every word
/// beside its owner and origin. Secrets are redacted, as in a receipt. Ranks that differ only in
/// their own rank variables are listed as such.
std::string DryRunText(const launch::PreparedRun& prepared);

}  // namespace nam56r::report
