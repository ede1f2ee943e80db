#pragma once

#include <string>
#include <string_view>

#include "src/base/diagnostic.h"

namespace nam56r::launch {

/// LAUNCH0003: the machine refuses something that every run needs. "cannot |doing|: |number| in
/// words".
base::Diagnostic SystemError(std::string_view doing, int number);

/// "SIGSEGV (Segmentation fault)", or "signal 77".
std::string SignalText(int number);

}  // namespace nam56r::launch
