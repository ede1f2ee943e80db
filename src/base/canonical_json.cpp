#include "src/base/canonical_json.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

#include "src/base/utf8.h"

namespace nam56r::base {
namespace {

using nlohmann::json;

constexpr std::int64_t kLargestExactInteger = std::int64_t{1} << 53;

std::u16string Utf16(std::string_view text) {
  std::u16string units;
  while (!text.empty()) {
    const std::optional<char32_t> code = TakeCodePoint(text);
    if (!code) throw std::logic_error("a string in canonical JSON is not UTF-8");
    if (*code < 0x10000) {
      units += static_cast<char16_t>(*code);
    } else {
      units += static_cast<char16_t>(0xd800 + ((*code - 0x10000) >> 10));
      units += static_cast<char16_t>(0xdc00 + ((*code - 0x10000) & 0x3ff));
    }
  }
  return units;
}

void AppendString(std::string& out, std::string_view text) {
  if (!IsUtf8(text)) throw std::logic_error("a string in canonical JSON is not UTF-8");
  static constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  for (char c : text) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\b':
        out += "\\b";
        break;
      case '\f':
        out += "\\f";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (static_cast<std::uint8_t>(c) < 0x20) {
          out += "\\u00";
          out += kHex[static_cast<std::uint8_t>(c) >> 4];
          out += kHex[static_cast<std::uint8_t>(c) & 0xf];
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

// ECMA-262, Number::toString: shortest digits that read back as the same double, in fixed notation
// for 1e-6 <= |x| < 1e21, else with an exponent.
void AppendDouble(std::string& out, double value) {
  if (!std::isfinite(value)) throw std::logic_error("canonical JSON has no infinity and no NaN");
  if (value == 0) {
    out += '0';
    return;
  }
  if (value < 0) {
    out += '-';
    value = -value;
  }
  char buffer[32];
  const char* end =
      std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific).ptr;
  const char* mark = std::find(static_cast<const char*>(buffer), end, 'e');
  std::string digits;
  for (const char* c = buffer; c != mark; ++c) {
    if (*c != '.') digits += *c;
  }
  const char* exponent_begin = mark + 1 + (mark[1] == '+' ? 1 : 0);
  int exponent = 0;
  std::from_chars(exponent_begin, end, exponent);
  const int count = static_cast<int>(digits.size());
  const int point = exponent + 1;  // the value is 0.DIGITS times ten to this
  if (count <= point && point <= 21) {
    out += digits;
    out.append(static_cast<std::size_t>(point - count), '0');
  } else if (0 < point && point <= 21) {
    out += digits.substr(0, static_cast<std::size_t>(point));
    out += '.';
    out += digits.substr(static_cast<std::size_t>(point));
  } else if (-6 < point && point <= 0) {
    out += "0.";
    out.append(static_cast<std::size_t>(-point), '0');
    out += digits;
  } else {
    out += digits[0];
    if (count > 1) {
      out += '.';
      out += digits.substr(1);
    }
    out += 'e';
    out += exponent < 0 ? '-' : '+';
    out += std::to_string(std::abs(exponent));
  }
}

void Append(std::string& out, const json& value) {
  switch (value.type()) {
    case json::value_t::null:
      out += "null";
      return;
    case json::value_t::boolean:
      out += value.get<bool>() ? "true" : "false";
      return;
    case json::value_t::number_integer: {
      const auto number = value.get<std::int64_t>();
      if (number > kLargestExactInteger || number < -kLargestExactInteger) {
        throw std::logic_error("an integer beyond 2^53 in canonical JSON");
      }
      out += std::to_string(number);
      return;
    }
    case json::value_t::number_unsigned: {
      const auto number = value.get<std::uint64_t>();
      if (number > static_cast<std::uint64_t>(kLargestExactInteger)) {
        throw std::logic_error("an integer beyond 2^53 in canonical JSON");
      }
      out += std::to_string(number);
      return;
    }
    case json::value_t::number_float:
      AppendDouble(out, value.get<double>());
      return;
    case json::value_t::string:
      AppendString(out, value.get_ref<const std::string&>());
      return;
    case json::value_t::array: {
      out += '[';
      bool first = true;
      for (const json& element : value) {
        if (!first) out += ',';
        first = false;
        Append(out, element);
      }
      out += ']';
      return;
    }
    case json::value_t::object: {
      std::vector<std::pair<std::u16string, json::const_iterator>> members;
      members.reserve(value.size());
      for (auto it = value.begin(); it != value.end(); ++it) {
        members.emplace_back(Utf16(it.key()), it);
      }
      std::sort(members.begin(), members.end(),
                [](const auto& a, const auto& b) { return a.first < b.first; });
      out += '{';
      bool first = true;
      for (const auto& member : members) {
        if (!first) out += ',';
        first = false;
        AppendString(out, member.second.key());
        out += ':';
        Append(out, member.second.value());
      }
      out += '}';
      return;
    }
    case json::value_t::binary:
    case json::value_t::discarded:
      break;
  }
  throw std::logic_error("a value that JSON does not have in canonical JSON");
}

}  // namespace

std::string CanonicalJson(const nlohmann::json& value) {
  std::string out;
  Append(out, value);
  return out;
}

}  // namespace nam56r::base
