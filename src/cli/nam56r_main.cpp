#include <unistd.h>

#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include "src/cli/arguments.h"

int main(int argc, char** argv) {
  const char* no_colour = std::getenv("NO_COLOR");  // https://no-color.org
  const bool colour = no_colour == nullptr || *no_colour == '\0';
  nam56r::cli::Terminal terminal{.out = std::cout, .err = std::cerr};
  terminal.out_colour = colour && isatty(STDOUT_FILENO) == 1;
  terminal.err_is_terminal = isatty(STDERR_FILENO) == 1;
  terminal.err_colour = colour && terminal.err_is_terminal;
  try {
    return nam56r::cli::Main(std::vector<std::string>(argv + 1, argv + argc), terminal);
  } catch (const std::exception& error) {
    // Not a user's mistake: those are values.
    std::cerr << "nam56r: internal error: " << error.what() << '\n';
    return 70;
  }
}
