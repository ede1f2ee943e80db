#include "src/dialect/rule_wording.h"

#include <algorithm>
#include <array>

namespace nam56r::dialect {
namespace {

bool IsNegative(const EffectiveArgs& raw, std::string_view flag) {
  const Argument* argument = raw.release().FindFlag(flag);
  return argument != nullptr && argument->action == Action::kStoreFalse;
}

// As it is written on a line; whatever bytes it is made of.
std::string TextOf(const nlohmann::json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_array()) {
    std::string words;
    for (const nlohmann::json& item : value) {
      if (!words.empty()) words += ' ';
      words += TextOf(item);
    }
    return words;
  }
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// What becomes of a verb before a negative flag.
struct Verb {
  std::string_view ends;
  std::string_view becomes;
};
constexpr std::array kVerbs = {Verb{"turn on ", "drop "}, Verb{"Turn on ", "Drop "},
                               Verb{"turn off ", "give "}, Verb{"Turn off ", "Give "}};

}  // namespace

std::string Spoken(std::string_view text, const Naming& name) {
  std::string out;
  while (!text.empty()) {
    const std::size_t open = text.find('{');
    out += text.substr(0, open);
    if (open == std::string_view::npos) break;
    const std::size_t close = text.find('}', open);
    const DestName named = name(text.substr(open + 1, close - open - 1));
    text.remove_prefix(close + 1);
    if (named.negative) {
      for (const Verb& verb : kVerbs) {
        if (out.ends_with(verb.ends)) {
          out.replace(out.size() - verb.ends.size(), verb.ends.size(), verb.becomes);
          break;
        }
      }
      // "leave {dest} out"
      constexpr std::string_view kLeave = "leave ";
      constexpr std::string_view kOut = " out";
      if (out.ends_with(kLeave) && text.starts_with(kOut)) {
        out.replace(out.size() - kLeave.size(), kLeave.size(), "give ");
        text.remove_prefix(kOut.size());
      }
    }
    out += named.name;
  }
  return out;
}

DestName NameOnLine(const EffectiveArgs& raw, std::string_view dest) {
  if (dest.starts_with(kVariable)) return {std::string(dest.substr(kVariable.size()))};
  const std::string_view flag = raw.FlagOf(dest);
  if (flag.empty()) return {std::string(dest)};
  return {std::string(flag), IsNegative(raw, flag)};
}

std::string SaidOnLine(const EffectiveArgs& raw, std::string_view dest) {
  const DestName flag = NameOnLine(raw, dest);
  if (dest.starts_with(kVariable)) {
    const auto& environment = raw.surroundings().environment;
    const auto variable = environment.find(flag.name);
    return variable == environment.end() ? flag.name + " is not set"
                                         : flag.name + '=' + variable->second;
  }
  const nlohmann::json& value = raw.Value(dest);
  if (value.is_null()) return flag.name + " is not given";
  if (value.is_boolean()) {
    const bool flagged = raw.Given(dest) || value.get<bool>() != flag.negative;
    return flagged ? flag.name : flag.name + " is not given";
  }
  const std::string text = TextOf(value);
  return text.empty() ? flag.name : flag.name + ' ' + text;
}

std::string ValidOnLine(const EffectiveArgs& raw, std::string_view dest, std::string_view value) {
  // NAME = "value", as a contract sets a variable
  constexpr std::string_view kEquals = " = \"";
  const std::size_t equals = value.find(kEquals);
  if (equals != std::string_view::npos && value.ends_with('"')) {
    std::string text(value.substr(0, equals));
    text += '=';
    text += value.substr(equals + kEquals.size());
    text.pop_back();
    return text;
  }
  if (value.size() >= 2 && value.starts_with('"') && value.ends_with('"')) {
    return std::string(value.substr(1, value.size() - 2));
  }
  if (value == "[]") return "not given";
  if (NameOnLine(raw, dest).negative) {
    if (value == "true") return "not given";
    if (value == "false") return "given";
  }
  return std::string(value);
}

}  // namespace nam56r::dialect
