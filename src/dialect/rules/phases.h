#pragma once

#include <charconv>

#include "src/dialect/rules/facts.h"

/// Steps at which the phases of a run begin: "1000, 2000".
namespace nam56r::dialect::rules {

/// Python's int() of what stands between two commas.
inline bool IsStep(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\n\r\f\v";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return false;
  text = text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
  if (text.front() == '+' || text.front() == '-') text.remove_prefix(1);
  bool digit = false;  // whether the character before was one: a lone '_' may stand between two
  for (char c : text) {
    const bool is_digit = c >= '0' && c <= '9';
    if (!is_digit && !(c == '_' && digit)) return false;
    digit = is_digit;
  }
  return digit;
}
inline bool ArePhases(std::string_view text) {
  if (text.empty()) return true;  // none
  while (true) {
    const std::size_t comma = text.find(',');
    if (!IsStep(text.substr(0, comma))) return false;
    if (comma == std::string_view::npos) return true;
    text.remove_prefix(comma + 1);
  }
}

}  // namespace nam56r::dialect::rules
