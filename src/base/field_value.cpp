#include "src/base/field_value.h"

#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string_view>
#include <type_traits>

#include "src/base/dotted_key.h"

namespace nam56r::base {
namespace {

std::string Spell(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  std::string text(buffer, end);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

std::string Spell(std::int64_t value) { return std::to_string(value); }
std::string Spell(bool value) { return value ? "true" : "false"; }
std::string Spell(const std::string& value) { return QuoteToml(value); }

template <class T>
std::string Spell(const std::vector<T>& values) {
  std::string text = "[";
  for (const T& value : values) {
    if (text.size() > 1) text += ", ";
    text += Spell(value);
  }
  return text + "]";
}

std::string Spell(const std::map<std::string, std::string>& values) {
  if (values.empty()) return "{}";
  std::string text = "{ ";
  for (const auto& [key, value] : values) {
    if (text.size() > 2) text += ", ";
    text += SpellKeyPart(key) + " = " + QuoteToml(value);
  }
  return text + " }";
}

}  // namespace

std::string_view TypeName(const FieldValue& value) {
  static constexpr std::string_view kNames[] = {
      "integer",          "number",          "boolean",         "string",
      "list of integers", "list of strings", "table of strings"};
  static_assert(std::size(kNames) == std::variant_size_v<FieldValue>);
  return kNames[value.index()];
}

std::string ToString(const FieldValue& value) {
  return std::visit([](const auto& alternative) { return Spell(alternative); }, value);
}

nlohmann::json ToJson(const FieldValue& value) {
  return std::visit(
      [](const auto& alternative) -> nlohmann::json {
        using T = std::decay_t<decltype(alternative)>;
        if constexpr (std::is_same_v<T, std::map<std::string, std::string>>) {
          nlohmann::json object = nlohmann::json::object();
          for (const auto& [key, text] : alternative) object[key] = text;
          return object;
        } else {
          return nlohmann::json(alternative);
        }
      },
      value);
}

}  // namespace nam56r::base
