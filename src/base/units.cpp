#include "src/base/units.h"

#include <fmt/format.h>

#include <cmath>
#include <span>
#include <string_view>

namespace nam56r::base {
namespace {

// Three significant digits; the unit is chosen after rounding, so that 999,999 is "1.00 M".
std::string Scale(double value, double step, std::span<const std::string_view> units) {
  std::size_t unit = 0;
  const std::string_view sign = value < 0 ? "-" : "";
  value = std::abs(value);
  // Below a full step the number may keep up to four digits (1,023 KiB).
  while (unit + 1 < units.size() && (unit == 0 ? value >= step : std::round(value) >= step)) {
    value /= step;
    ++unit;
  }
  std::string number;
  if (unit == 0 || value >= 99.95) {
    number = fmt::format("{:.0f}", value);
  } else if (value >= 9.995) {
    number = fmt::format("{:.1f}", value);
  } else {
    number = fmt::format("{:.2f}", value);
  }
  return fmt::format("{}{}{}{}", sign, number, units[unit].empty() ? "" : " ", units[unit]);
}

}  // namespace

std::string WithThousands(std::int64_t value) {
  const std::string digits = std::to_string(value);
  std::string grouped;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const bool after_digit = i > 0 && digits[i - 1] != '-';
    if (after_digit && (digits.size() - i) % 3 == 0) grouped += ',';
    grouped += digits[i];
  }
  return grouped;
}

std::string HumanBytes(std::int64_t bytes) {
  static constexpr std::string_view kUnits[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  return Scale(static_cast<double>(bytes), 1024, kUnits);
}

std::string HumanCount(std::int64_t count) {
  static constexpr std::string_view kUnits[] = {"", "k", "M", "B", "T"};
  return Scale(static_cast<double>(count), 1000, kUnits);
}

std::string HumanSeconds(double seconds) {
  if (!std::isfinite(seconds)) return "unknown";
  const std::string_view sign = seconds < 0 ? "-" : "";
  seconds = std::abs(seconds);
  if (seconds == 0) return "0.0 s";
  if (seconds < 0.0995) return fmt::format("{}{:.3g} ms", sign, seconds * 1000);
  if (seconds < 59.95) return fmt::format("{}{:.1f} s", sign, seconds);
  if (seconds < 3599.5) {
    const auto whole = std::llround(seconds);
    return fmt::format("{}{} min {:02} s", sign, whole / 60, whole % 60);
  }
  // Beyond what a clock shows; also keeps llround in range.
  if (seconds > 1e15) return fmt::format("{}{:.3g} h", sign, seconds / 3600);
  const auto minutes = std::llround(seconds / 60);
  return fmt::format("{}{} h {:02} min", sign, minutes / 60, minutes % 60);
}

}  // namespace nam56r::base
