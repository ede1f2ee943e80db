#pragma once

#include <string>

#include "src/launch/why/why.h"

namespace nam56r::report {

/// An answer for people, as rustc shows an error: the cause, the lines that show it in place, what
/// followed from it, the fields to change, and the next step.
std::string WhyText(const launch::why::Answer& answer, bool colour);

}  // namespace nam56r::report
