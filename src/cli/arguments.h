#pragma once

#include <functional>
#include <string>
#include <vector>

#include "src/cli/commands.h"

namespace nam56r::cli {

/// Parses |arguments| (without the program's name) and runs the command they name.
/// Answers the exit code: kUsage for anything the parser refuses.
int Main(const std::vector<std::string>& arguments, Terminal terminal);

}  // namespace nam56r::cli
