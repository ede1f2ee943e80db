#pragma once

#include <string>

#include "src/launch/bisect/bisect.h"

namespace nam56r::report {

/// "trial 3: 12 of 40 differences, fails (rank 1 exited with 65)".
std::string TrialText(const launch::bisect::Trial& trial, std::size_t differences);

/// What was found: the surfaces, and the fields with both values.
std::string BisectText(const launch::bisect::Report& report);

}  // namespace nam56r::report
