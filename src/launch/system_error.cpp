#include "src/launch/system_error.h"

#include <fmt/format.h>
#include <string.h>

#include <cerrno>
#include <system_error>

#include "src/launch/host_error.h"

namespace nam56r::launch {

base::Diagnostic SystemError(std::string_view doing, int number) {
  base::Diagnostic diagnostic = HostError(
      "LAUNCH0003", fmt::format("cannot {}: {}", doing, std::generic_category().message(number)));
  if (number == EMFILE || number == ENFILE) {
    diagnostic.fix = "raise the limit on open files (ulimit -n): a rank takes five";
  } else if (number == EAGAIN) {
    diagnostic.fix = "raise the limit on processes (ulimit -u)";
  }
  return diagnostic;
}

std::string SignalText(int number) {
  const char* name = ::sigabbrev_np(number);
  if (name == nullptr) return fmt::format("signal {}", number);
  return fmt::format("SIG{} ({})", name, ::sigdescr_np(number));
}

}  // namespace nam56r::launch
