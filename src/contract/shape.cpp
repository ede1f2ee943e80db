#include "src/contract/shape.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "src/base/nearest_name.h"
#include "src/policy/policy.h"

namespace nam56r::contract {
namespace {

using nlohmann::json;

constexpr std::size_t kMostViolations = 12;

constexpr std::array<std::string_view, 6> kDialects = {
    "native", "megatron@0.16", "megatron@0.17", "megatron@0.18", "megatron@0.19", "nemo"};

enum class Kind { kText, kTexts, kWhole, kTruth, kTextMap, kScalars, kChecks, kProbe, kProof };

struct Member {
  std::string_view name;
  Kind kind;
  bool needed = true;
};

constexpr Member kArg[] = {
    {"flag", Kind::kText}, {"values", Kind::kTexts}, {"owner", Kind::kText}, {"from", Kind::kText}};
constexpr Member kSeam[] = {{"id", Kind::kText},          {"family", Kind::kText},
                            {"level", Kind::kText},       {"replaces", Kind::kText},
                            {"why", Kind::kText},         {"fields", Kind::kTexts},
                            {"layers", Kind::kTexts},     {"gate", Kind::kText},
                            {"after", Kind::kTexts},      {"probe", Kind::kProbe},
                            {"proof", Kind::kProof},      {"without", Kind::kText},
                            {"measured", Kind::kText},    {"source", Kind::kText},
                            {"settings", Kind::kTextMap}, {"recorded_only", Kind::kTruth}};
constexpr Member kProbe[] = {{"text", Kind::kText}, {"checks", Kind::kChecks}};
constexpr Member kCheck[] = {{"module", Kind::kText}, {"attribute", Kind::kText}};
constexpr Member kProof[] = {
    {"text", Kind::kText}, {"scope", Kind::kText}, {"path", Kind::kText}, {"expect", Kind::kText}};
constexpr Member kRewrite[] = {{"dest", Kind::kText},    {"flag", Kind::kText},
                               {"from", Kind::kScalars}, {"to", Kind::kScalars},
                               {"given", Kind::kTruth},  {"why", Kind::kText},
                               {"source", Kind::kText}};
constexpr Member kUnresolved[] = {{"name", Kind::kText}, {"bound_by", Kind::kText}};
constexpr Member kOrigin[] = {{"file", Kind::kText, false},
                              {"line", Kind::kWhole, false},
                              {"rule", Kind::kText, false},
                              {"default", Kind::kTruth, false},
                              {"fields", Kind::kTexts, false}};

// "~" and "/" of a member's name, as a JSON pointer spells them.
std::string Escaped(std::string_view name) {
  std::string text;
  for (const char c : name) {
    if (c == '~') {
      text += "~0";
    } else if (c == '/') {
      text += "~1";
    } else {
      text += c;
    }
  }
  return text;
}

class Walk {
 public:
  std::vector<std::string> Take() { return std::move(wrong_); }

  void Say(const std::string& at, std::string_view what) {
    if (wrong_.size() < kMostViolations) wrong_.push_back(fmt::format("{}: {}", at, what));
  }

  void Object(const json& value, const std::string& at, std::span<const Member> members) {
    if (!value.is_object()) return Say(at, "not an object");
    for (const Member& member : members) {
      const auto it = value.find(member.name);
      const std::string place = fmt::format("{}/{}", at, member.name);
      if (it != value.end()) {
        Check(*it, place, member.kind);
      } else if (member.needed) {
        Say(place, "missing");
      }
    }
    for (const auto& [name, inner] : value.items()) {
      const bool known = std::any_of(members.begin(), members.end(),
                                     [&](const Member& member) { return member.name == name; });
      if (!known) Say(fmt::format("{}/{}", at, Escaped(name)), "no such member");
    }
  }

  void Objects(const json& list, const std::string& at, std::span<const Member> members) {
    if (!list.is_array()) return Say(at, "not a list");
    for (std::size_t i = 0; i < list.size(); ++i) {
      Object(list[i], fmt::format("{}/{}", at, i), members);
    }
  }

  // {"value":..., "argv":[...], "environment":{...}} for every field of a policy.
  void Policy(const json& tables) {
    for (const auto& field : policy::Schema()) {
      const json* place = &tables;
      std::string at = "/fixed_policy";
      for (std::string_view rest = field.spec.key; place != nullptr && !rest.empty();) {
        const std::size_t dot = rest.find('.');
        const std::string part(rest.substr(0, dot));
        rest.remove_prefix(dot == std::string_view::npos ? rest.size() : dot + 1);
        at += '/' + part;
        const auto it = place->is_object() ? place->find(part) : place->end();
        place = place->is_object() && it != place->end() ? &*it : nullptr;
      }
      if (place == nullptr) {
        Say(at, "missing");
        continue;
      }
      if (!place->is_object()) {
        Say(at, "not an object");
        continue;
      }
      // |value| itself is for the policy's schema.
      if (!place->contains("value")) Say(at + "/value", "missing");
      for (const auto& [name, inner] : place->items()) {
        if (name == "argv") {
          Check(inner, at + "/argv", Kind::kTexts);
        } else if (name == "environment") {
          Check(inner, at + "/environment", Kind::kTextMap);
        } else if (name != "value") {
          Say(fmt::format("{}/{}", at, Escaped(name)), "no such member");
        }
      }
      for (const char* name : {"argv", "environment"}) {
        if (!place->contains(name)) Say(fmt::format("{}/{}", at, name), "missing");
      }
    }
  }

  void Provenance(const json& origins) {
    for (const auto& [key, origin] : origins.items()) {
      const std::string at = "/provenance/" + Escaped(key);
      Object(origin, at, kOrigin);
      if (!origin.is_object()) continue;
      const bool one =
          origin.contains("file") + origin.contains("rule") + origin.contains("default") == 1;
      if (!one) Say(at, "not one of file, rule and default");
    }
  }

 private:
  void Check(const json& value, const std::string& at, Kind kind) {
    switch (kind) {
      case Kind::kText:
        if (!value.is_string()) Say(at, "not a text");
        return;
      case Kind::kTexts:
        if (!value.is_array()) return Say(at, "not a list");
        for (std::size_t i = 0; i < value.size(); ++i) {
          if (!value[i].is_string()) Say(fmt::format("{}/{}", at, i), "not a text");
        }
        return;
      case Kind::kWhole:
        if (!value.is_number_integer() || value < 0 || value > kMostLines) {
          Say(at, "not the number of a line");
        }
        return;
      case Kind::kTruth:
        if (!value.is_boolean()) Say(at, "neither true nor false");
        return;
      case Kind::kTextMap:
        if (!value.is_object()) return Say(at, "not an object");
        for (const auto& [name, text] : value.items()) {
          if (!text.is_string()) Say(fmt::format("{}/{}", at, Escaped(name)), "not a text");
        }
        return;
      case Kind::kScalars: {
        const bool list = value.is_array() &&
                          std::none_of(value.begin(), value.end(),
                                       [](const json& element) { return element.is_object(); });
        if (!value.is_primitive() && !list) Say(at, "neither a value nor a list of values");
        return;
      }
      case Kind::kChecks:
        return Objects(value, at, kCheck);
      case Kind::kProbe:
        return Object(value, at, contract::kProbe);
      case Kind::kProof:
        return Object(value, at, contract::kProof);
    }
  }

  static constexpr int kMostLines = 1 << 24;

  std::vector<std::string> wrong_;
};

}  // namespace

std::span<const std::string_view> ReadableDialects() { return kDialects; }

std::vector<std::string> ShapeViolations(const json& document) {
  Walk walk;
  const auto& dialect = document.at("dialect").get_ref<const std::string&>();
  if (std::find(kDialects.begin(), kDialects.end(), dialect) == kDialects.end()) {
    const std::vector<std::string> names(kDialects.begin(), kDialects.end());
    const auto nearest = base::NearestName(dialect, names);
    walk.Say("/dialect", fmt::format("'{}' is none of {}{}", dialect, fmt::join(names, ", "),
                                     nearest ? fmt::format("; did you mean '{}'?", *nearest) : ""));
  }
  walk.Objects(document.at("generated_native_args"), "/generated_native_args", kArg);
  walk.Policy(document.at("fixed_policy"));
  walk.Objects(document.at("seams"), "/seams", kSeam);
  walk.Objects(document.at("rewrites"), "/rewrites", kRewrite);
  walk.Objects(document.at("unresolved"), "/unresolved", kUnresolved);
  walk.Provenance(document.at("provenance"));
  return walk.Take();
}

}  // namespace nam56r::contract
