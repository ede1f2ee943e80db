#include <unistd.h>

#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include "src/cli/arguments.h"

namespace {
constexpr int kUnwritten = 74;  // EX_IOERR of sysexits.h
}  // namespace

int main(int argc, char** argv) {
  const char* no_colour = std::getenv("NO_COLOR");  // https://no-color.org
  const bool colour = no_colour == nullptr || *no_colour == '\0';
  nam56r::cli::Terminal terminal{.out = std::cout, .err = std::cerr};
  terminal.out_colour = colour && isatty(STDOUT_FILENO) == 1;
  terminal.err_is_terminal = isatty(STDERR_FILENO) == 1;
  terminal.err_colour = colour && terminal.err_is_terminal;
  try {
    const int code = nam56r::cli::Main(std::vector<std::string>(argv + 1, argv + argc), terminal);
    std::cout.flush();
    if (!std::cout) {
      // What was to be read is not there: no exit code of the command would be true.
      std::cerr << "nam56r: standard output takes no more\n";
      return kUnwritten;
    }
    return code;
  } catch (const std::exception& error) {
    // Not a user's mistake: those are values.
    std::cerr << "nam56r: internal error: " << error.what() << '\n';
    return 70;
  }
}
