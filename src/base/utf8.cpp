#include "src/base/utf8.h"

#include <fmt/format.h>

#include <cstdint>

namespace nam56r::base {
namespace {

// Characters that show nothing themselves and change how their neighbours are shown (Unicode
// Standard Annex 9): a key could read as another one.
bool ChangesDirection(char32_t c) {
  return c == 0x200e || c == 0x200f || c == 0x061c || (c >= 0x202a && c <= 0x202e) ||
         (c >= 0x2066 && c <= 0x2069);
}

bool IsControl(char32_t c) { return c < 0x20 || (c >= 0x7f && c <= 0x9f); }

bool BreaksLine(char32_t c) { return c == 0x2028 || c == 0x2029; }

}  // namespace

std::optional<char32_t> TakeCodePoint(std::string_view& text) {
  if (text.empty()) return std::nullopt;
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t first = byte(0);
  std::size_t length = 0;
  char32_t code = 0;
  char32_t least = 0;
  if (first < 0x80) {
    length = 1, code = first;
  } else if (first >= 0xc2 && first < 0xe0) {
    length = 2, code = first & 0x1fu, least = 0x80;
  } else if (first >= 0xe0 && first < 0xf0) {
    length = 3, code = first & 0x0fu, least = 0x800;
  } else if (first >= 0xf0 && first < 0xf5) {
    length = 4, code = first & 0x07u, least = 0x10000;
  } else {
    return std::nullopt;
  }
  if (text.size() < length) return std::nullopt;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0u) != 0x80u) return std::nullopt;
    code = (code << 6) | (byte(i) & 0x3fu);
  }
  if (code < least || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return std::nullopt;
  text.remove_prefix(length);
  return code;
}

bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    if (!TakeCodePoint(text)) return false;
  }
  return true;
}

std::string WithValidUtf8(std::string_view text) {
  std::string valid;
  valid.reserve(text.size());
  while (!text.empty()) {
    const std::string_view before = text;
    if (TakeCodePoint(text)) {
      valid += before.substr(0, before.size() - text.size());
    } else {
      valid += "\xef\xbf\xbd";
      text.remove_prefix(1);
    }
  }
  return valid;
}

std::string EscapeControls(std::string_view text, std::string_view keep) {
  std::string safe;
  safe.reserve(text.size());
  while (!text.empty()) {
    const std::string_view before = text;
    const std::optional<char32_t> code = TakeCodePoint(text);
    if (!code) {
      safe += fmt::format("\\x{:02x}", static_cast<unsigned>(static_cast<std::uint8_t>(before[0])));
      text.remove_prefix(1);
    } else if (*code < 0x80 && keep.find(static_cast<char>(*code)) != std::string_view::npos) {
      safe += static_cast<char>(*code);
    } else if (*code == '\n') {
      safe += "\\n";
    } else if (*code == '\t') {
      safe += "\\t";
    } else if (*code == '\r') {
      safe += "\\r";
    } else if (*code < 0x80 && IsControl(*code)) {
      safe += fmt::format("\\x{:02x}", static_cast<unsigned>(*code));
    } else if (IsControl(*code) || ChangesDirection(*code) || BreaksLine(*code)) {
      safe += fmt::format("\\u{{{:x}}}", static_cast<unsigned>(*code));
    } else {
      safe += before.substr(0, before.size() - text.size());
    }
  }
  return safe;
}

std::size_t CodePoints(std::string_view text) {
  std::size_t count = 0;
  while (!text.empty()) {
    if (!TakeCodePoint(text)) text.remove_prefix(1);
    ++count;
  }
  return count;
}

}  // namespace nam56r::base
