#include "src/launch/process_state.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <string_view>

#include "src/launch/unique_fd.h"

namespace nam56r::launch {

char ProcessState(pid_t pid) {
  UniqueFd file(::open(fmt::format("/proc/{}/stat", pid).c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return 0;
  std::array<char, 512> buffer;
  const ssize_t got = ::read(file.get(), buffer.data(), buffer.size());
  if (got <= 0) return 0;
  // "17 (name) S ...": the name may hold anything, so the last parenthesis counts.
  const std::string_view text(buffer.data(), static_cast<std::size_t>(got));
  const std::size_t end = text.rfind(')');
  if (end == std::string_view::npos || end + 2 >= text.size()) return 0;
  return text[end + 2];
}

}  // namespace nam56r::launch
