#pragma once

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

/// For tests: JSON Schema, as much of draft 2020-12 as the published schema uses, and of draft 4 as
/// that of SARIF does; of "format" URIs alone, and those only as far as their characters. A keyword
/// that is not known here throws: a check that did not run must not look like one that passed.
namespace nam56r::contract {

class JsonSchema {
 public:
  explicit JsonSchema(nlohmann::json schema) : root_(std::move(schema)) {}

  /// Everything that is wrong with |document|, each with its place: "/plan/depth: ...".
  std::vector<std::string> Violations(const nlohmann::json& document) const {
    std::vector<std::string> found;
    Check(root_, document, "", found);
    return found;
  }

 private:
  using json = nlohmann::json;
  using Found = std::vector<std::string>;

  static bool HasType(const json& value, const std::string& type) {
    if (type == "integer") return value.is_number_integer();
    if (type == "number") return value.is_number();
    return type == value.type_name();
  }

  void Check(const json& schema, const json& value, const std::string& at, Found& found) const {
    static const std::set<std::string> kKnown = {
        "$schema",     "$defs",       "$ref",
        "title",       "description", "type",
        "properties",  "required",    "additionalProperties",
        "items",       "enum",        "const",
        "minimum",     "maximum",     "pattern",
        "anyOf",       "oneOf",       "minItems",
        "uniqueItems", "id",          "definitions",
        "default",     "format"};
    for (const auto& [keyword, rule] : schema.items()) {
      if (!kKnown.contains(keyword)) throw std::logic_error("no such keyword: " + keyword);
      if (keyword == "$ref") {
        const std::string& ref = rule.get_ref<const std::string&>();
        Check(root_.at(json::json_pointer(ref.substr(1))), value, at, found);
      } else if (keyword == "type") {
        const json types = rule.is_array() ? rule : json::array({rule});
        bool any = false;
        for (const json& type : types) any = any || HasType(value, type);
        if (!any) found.push_back(fmt::format("{}: not {}", at, rule.dump()));
      } else if (keyword == "const" && value != rule) {
        found.push_back(fmt::format("{}: not {}", at, rule.dump()));
      } else if (keyword == "enum" && std::find(rule.begin(), rule.end(), value) == rule.end()) {
        found.push_back(fmt::format("{}: {} is not among {}", at, value.dump(), rule.dump()));
      } else if (keyword == "minimum" && value.is_number() && value < rule) {
        found.push_back(fmt::format("{}: below {}", at, rule.dump()));
      } else if (keyword == "maximum" && value.is_number() && value > rule) {
        found.push_back(fmt::format("{}: above {}", at, rule.dump()));
      } else if (keyword == "pattern" && value.is_string() &&
                 !std::regex_search(value.get<std::string>(),
                                    std::regex(rule.get<std::string>()))) {
        found.push_back(fmt::format("{}: not of the pattern {}", at, rule.dump()));
      } else if (keyword == "required" && value.is_object()) {
        for (const json& name : rule) {
          if (!value.contains(name.get<std::string>()))
            found.push_back(fmt::format("{}: lacks {}", at, name.dump()));
        }
      } else if (keyword == "items" && value.is_array()) {
        for (std::size_t i = 0; i < value.size(); ++i) {
          Check(rule, value[i], fmt::format("{}/{}", at, i), found);
        }
      } else if (keyword == "minItems" && value.is_array() && value.size() < rule) {
        found.push_back(fmt::format("{}: fewer than {}", at, rule.dump()));
      } else if (keyword == "uniqueItems" && rule == true && value.is_array()) {
        if (std::set<json>(value.begin(), value.end()).size() != value.size()) {
          found.push_back(at + ": one element twice");
        }
      } else if (keyword == "format" && value.is_string()) {
        const std::string pattern = rule == "uri" ? "^[a-z][a-z0-9+.-]*:[!-~]*$" : "^[!-~]*$";
        const bool known = rule == "uri" || rule == "uri-reference";
        if (known && !std::regex_search(value.get<std::string>(), std::regex(pattern))) {
          found.push_back(fmt::format("{}: not a {}", at, rule.get<std::string>()));
        }
      } else if (keyword == "anyOf" || keyword == "oneOf") {
        std::size_t alike = 0;
        for (const json& one : rule) {
          Found inside;
          Check(one, value, at, inside);
          alike += inside.empty();
        }
        if (alike == 0) found.push_back(at + ": like none of the alternatives");
        if (alike > 1 && keyword == "oneOf") found.push_back(at + ": like several alternatives");
      }
    }
    if (value.is_object()) CheckMembers(schema, value, at, found);
  }

  void CheckMembers(const json& schema, const json& value, const std::string& at,
                    Found& found) const {
    const auto properties = schema.find("properties");
    const auto others = schema.find("additionalProperties");
    for (const auto& [name, member] : value.items()) {
      const std::string place = at + "/" + name;
      if (properties != schema.end() && properties->contains(name)) {
        Check(properties->at(name), member, place, found);
      } else if (others == schema.end()) {
        continue;
      } else if (others->is_object()) {
        Check(*others, member, place, found);
      } else if (*others == false) {
        found.push_back(place + ": no such member");
      }
    }
  }

  json root_;
};

}  // namespace nam56r::contract
