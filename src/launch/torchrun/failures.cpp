#include "src/launch/torchrun/failures.h"

#include <charconv>

namespace nam56r::launch {
namespace {

// The number after the first |mark| in |line|.
std::optional<std::int64_t> NumberAfter(std::string_view line, std::string_view mark) {
  const std::size_t at = line.find(mark);
  if (at == std::string_view::npos) return std::nullopt;
  line.remove_prefix(at + mark.size());
  std::int64_t number = 0;
  const auto [rest, error] = std::from_chars(line.data(), line.data() + line.size(), number);
  if (error != std::errc()) return std::nullopt;
  return number;
}

// "  rank      : 3 (local_rank: 3)": a name, padding, a colon.
std::optional<std::int64_t> NumberOfField(std::string_view line, std::string_view name) {
  const std::size_t at = line.find_first_not_of(' ');
  if (at == std::string_view::npos || !line.substr(at).starts_with(name)) return std::nullopt;
  line.remove_prefix(at + name.size());
  const std::size_t colon = line.find_first_not_of(' ');
  if (colon == std::string_view::npos || line[colon] != ':') return std::nullopt;
  return NumberAfter(line.substr(colon), ": ");
}

// Codes of processes; anything else is another program's text.
bool IsExitCode(std::int64_t code) { return code >= -128 && code <= 255; }

}  // namespace

void TorchrunFailures::Feed(std::string_view line) {
  if (line.find("failed (exitcode: ") != std::string_view::npos) {
    const auto code = NumberAfter(line, "failed (exitcode: ");
    const auto local = NumberAfter(line, "local_rank: ");
    if (!code || !local || *local < 0 || !IsExitCode(*code)) return;
    if (!first_) first_ = first_rank_ + *local;
    exit_codes_.try_emplace(first_rank_ + *local, static_cast<int>(*code));
    return;
  }
  if (const auto rank = NumberOfField(line, "rank"); rank && *rank >= 0) {
    told_ = *rank;
  } else if (const auto code = NumberOfField(line, "exitcode");
             code && told_ && IsExitCode(*code)) {
    exit_codes_.try_emplace(*told_, static_cast<int>(*code));
    told_.reset();
  }
}

}  // namespace nam56r::launch
