#include "src/cli/supervision.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <string_view>
#include <vector>

#include "src/base/utf8.h"

namespace nam56r::cli {
namespace {

constexpr double kLongest = 366.0 * 24 * 3600;

std::optional<std::int64_t> Digits(std::string_view text) {
  constexpr std::size_t kMost = 9;
  if (text.empty() || text.size() > kMost ||
      text.find_first_not_of("0123456789") != std::string_view::npos) {
    return std::nullopt;
  }
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::optional<double> PlainSeconds(std::string_view text) {
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, value, std::chars_format::fixed);
  if (error != std::errc() || at != end) return std::nullopt;
  return value;
}

// "HH:MM:SS", with days before a "-".
std::optional<double> ClockSeconds(std::string_view text) {
  std::int64_t days = 0;
  if (const std::size_t dash = text.find('-'); dash != std::string_view::npos) {
    const auto said = Digits(text.substr(0, dash));
    if (!said) return std::nullopt;
    days = *said;
    text.remove_prefix(dash + 1);
  }
  std::vector<std::int64_t> parts;
  while (true) {
    const std::size_t colon = text.find(':');
    const auto part = Digits(text.substr(0, colon));
    if (!part) return std::nullopt;
    parts.push_back(*part);
    if (colon == std::string_view::npos) break;
    text.remove_prefix(colon + 1);
  }
  constexpr std::int64_t kSixty = 60;
  if (parts.size() != 3 || parts[1] >= kSixty || parts[2] >= kSixty) return std::nullopt;
  return static_cast<double>(((days * 24 + parts[0]) * kSixty + parts[1]) * kSixty + parts[2]);
}

}  // namespace

base::Expected<double> ParseWalltime(const std::string& text) {
  auto seconds = PlainSeconds(text);
  if (!seconds) seconds = ClockSeconds(text);
  if (seconds && *seconds > 0 && *seconds <= kLongest) return *seconds;
  base::Diagnostic error;
  error.code = "LAUNCH0202";
  error.surface = base::Surface::kHost;
  error.message = fmt::format("--walltime {}: not a time that a run may take", text);
  error.fields = {"--walltime"};
  error.valid = {"seconds, \"3600\"", "HH:MM:SS, \"01:00:00\"", "D-HH:MM:SS, \"1-12:00:00\"",
                 "above 0 and at most 366 days"};
  error.fix = "--walltime 01:00:00";
  return error;
}

base::Status SetSupervision(const LaunchArguments& arguments, launch::RunOptions& options) {
  options.restarts = arguments.restarts;
  options.stop_grace_seconds = arguments.grace;
  if (arguments.hang_after) {
    options.hang.heartbeat_seconds = *arguments.hang_after;
    options.hang.log_seconds = *arguments.hang_after;
  }
  if (arguments.walltime.empty()) return base::Ok{};
  auto walltime = ParseWalltime(arguments.walltime);
  if (!walltime) return walltime.errors();
  options.walltime_seconds = *walltime;
  return base::Ok{};
}

std::string AttemptText(const launch::Attempt& attempt) {
  std::string text = fmt::format("attempt {} ended ({}): {}", attempt.number,
                                 launch::EndingName(attempt.engine.ending), attempt.engine.reason);
  if (attempt.cause && !attempt.cause->cause.empty()) {
    text += fmt::format("\n  cause: {}, {}", attempt.cause->surface_class, attempt.cause->cause);
  }
  return base::EscapeControls(text, "\n") + "\n  " + attempt.decision;
}

}  // namespace nam56r::cli
