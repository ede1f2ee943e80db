#include "src/base/dotted_key.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdint>

namespace nam56r::base {
namespace {

bool IsBare(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}

}  // namespace

std::string QuoteToml(std::string_view text) {
  std::string quoted = "\"";
  for (char c : text) {
    switch (c) {
      case '"':
        quoted += "\\\"";
        break;
      case '\\':
        quoted += "\\\\";
        break;
      case '\n':
        quoted += "\\n";
        break;
      case '\t':
        quoted += "\\t";
        break;
      case '\r':
        quoted += "\\r";
        break;
      default:
        if (static_cast<std::uint8_t>(c) < 0x20 || c == 0x7f) {
          quoted += fmt::format("\\u{:04X}", static_cast<unsigned>(static_cast<std::uint8_t>(c)));
        } else {
          quoted += c;
        }
    }
  }
  return quoted + "\"";
}

std::string SpellKeyPart(std::string_view part) {
  if (!part.empty() && std::all_of(part.begin(), part.end(), IsBare)) return std::string(part);
  return QuoteToml(part);
}

std::string JoinKey(std::string_view table, std::string_view part) {
  std::string key(table);
  if (!key.empty()) key += '.';
  return key + SpellKeyPart(part);
}

std::size_t LastDot(std::string_view key) {
  std::size_t last = std::string_view::npos;
  bool quoted = false;
  for (std::size_t i = 0; i < key.size(); ++i) {
    if (quoted && key[i] == '\\') {
      ++i;
    } else if (key[i] == '"') {
      quoted = !quoted;
    } else if (key[i] == '.' && !quoted) {
      last = i;
    }
  }
  return last;
}

std::string KeyPartText(std::string_view spelled) {
  if (spelled.size() < 2 || spelled.front() != '"') return std::string(spelled);
  std::string text;
  for (std::size_t i = 1; i + 1 < spelled.size(); ++i) {
    if (spelled[i] != '\\') {
      text += spelled[i];
      continue;
    }
    switch (spelled[++i]) {
      case 'n':
        text += '\n';
        break;
      case 't':
        text += '\t';
        break;
      case 'r':
        text += '\r';
        break;
      case 'u': {
        // QuoteToml writes only single bytes this way.
        unsigned code = 0;
        std::from_chars(spelled.data() + i + 1, spelled.data() + i + 5, code, 16);
        text += static_cast<char>(code);
        i += 4;
        break;
      }
      default:
        text += spelled[i];
    }
  }
  return text;
}

}  // namespace nam56r::base
