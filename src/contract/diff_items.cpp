#include "src/contract/diff_items.h"

#include <fmt/format.h>

#include "src/base/schema.h"
#include "src/contract/provenance.h"

namespace nam56r::contract {
namespace {

using nlohmann::json;

constexpr std::string_view kLaunch = "launch ";

const json* Find(const json& root, const std::string& dotted) {
  const json* at = &root;
  for (std::size_t begin = 0;;) {
    const std::size_t dot = dotted.find('.', begin);
    const auto member = at->find(dotted.substr(begin, dot - begin));
    if (!at->is_object() || member == at->end()) return nullptr;
    at = &*member;
    if (dot == std::string::npos) return at;
    begin = dot + 1;
  }
}

std::vector<std::string> FieldsOf(const json& document, const std::string& name) {
  const json& provenance = document.at("provenance");
  const auto entry = provenance.find(name);
  std::vector<std::string> fields;
  if (entry == provenance.end() || !entry->is_object()) return fields;
  const auto list = entry->find("fields");
  if (list == entry->end() || !list->is_array()) return fields;
  for (const json& field : *list) {
    if (field.is_string()) fields.push_back(field);
  }
  return fields;
}

void AddRecipe(const json& document, Items& items) {
  for (const auto& field : recipe::Schema()) {
    const json* value = Find(document.at("plan").at("recipe"), field.spec.key);
    const std::string name = "recipe." + field.spec.key;
    if (value != nullptr) items.decisions[name] = {name, *value};
  }
}

// The words of one field, each flag with its values.
void AddArgv(const json& argv, const std::string& field, Items& items) {
  Consequence* flag = nullptr;
  for (const json& word : argv) {
    const std::string& text = word.get_ref<const std::string&>();
    if (text.starts_with("--")) {
      flag = &items.consequences[FlagKey(text)];
      *flag = {json::array(), {field}};
    } else if (flag != nullptr) {
      flag->value.push_back(text);
    }
  }
}

void AddPolicy(const json& document, Items& items) {
  const json& policy = document.at("fixed_policy");
  for (const auto& field : policy::Schema()) {
    const json* decided = Find(policy, field.spec.key);
    if (decided == nullptr) continue;
    const std::string name = "policy." + field.spec.key;
    const json& value = decided->at("value");
    if (value.is_object()) {
      for (const auto& [key, element] : value.items()) {
        items.decisions[name + "." + key] = {name, element};
      }
    } else {
      items.decisions[name] = {name, value};
      for (const auto& [variable, text] : decided->at("environment").items()) {
        items.consequences[VariableKey(variable)] = {text, {name}};
      }
    }
    AddArgv(decided->at("argv"), name, items);
  }
  for (const auto& [size, value] : policy.at("derived").items()) {
    const std::string name = "derived." + size;
    items.consequences[name] = {value, FieldsOf(document, name)};
  }
}

void AddFlags(const json& document, Items& items) {
  for (const json& arg : document.at("generated_native_args")) {
    const std::string name = FlagKey(arg.at("flag").get<std::string>());
    items.consequences[name] = {arg.at("values"), FieldsOf(document, name)};
  }
}

bool HoldsObjects(const json& list) {
  for (const json& element : list) {
    if (element.is_object()) return true;
  }
  return false;
}

// Sizes and lists as they are; slots, stages and tensors one by one.
void AddPlan(const json& document, Items& items) {
  for (const auto& [name, part] : document.at("plan").items()) {
    if (name == "recipe") continue;
    const std::string prefix = "plan." + name;
    if (part.is_object()) {
      for (const auto& [key, value] : part.items()) {
        items.consequences[prefix + "." + key] = {value, {}};
      }
    } else if (part.is_array() && HoldsObjects(part)) {
      int index = 0;
      for (const json& element : part) {
        items.consequences[fmt::format("{}.{:03}", prefix, index++)] = {element, {}};
      }
    } else {
      items.consequences[prefix] = {part, {}};
    }
  }
}

void AddSeams(const json& document, Items& items) {
  for (const json& use : document.at("seams")) {
    json value = use;
    value.erase("id");
    value.erase("settings");
    const std::string seam = "seam " + use.at("id").get<std::string>();
    items.consequences[seam] = {std::move(value), FieldsOf(document, seam)};
    const json settings = use.value("settings", json::object());
    for (const auto& [variable, text] : settings.items()) {
      const std::string name = VariableKey(variable);
      items.consequences[name] = {text, FieldsOf(document, name)};
    }
  }
}

// The fields behind a rewrite's own flag, and behind those that its reason names.
std::vector<std::string> FieldsOfRewrite(const json& document, const json& rewrite) {
  std::vector<std::string> fields =
      FieldsOf(document, FlagKey(rewrite.at("flag").get<std::string>()));
  const auto why = rewrite.at("why").get<std::string>();
  for (std::size_t at = why.find("--"); at != std::string::npos; at = why.find("--", at + 2)) {
    const std::size_t end = why.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-", at);
    for (std::string& field : FieldsOf(document, FlagKey(why.substr(at, end - at)))) {
      fields.push_back(std::move(field));
    }
  }
  return fields;
}

void AddRest(const json& document, Items& items) {
  for (const json& rewrite : document.at("rewrites")) {
    items.consequences["rewrite " + rewrite.at("dest").get<std::string>()] = {
        {{"from", rewrite.at("from")}, {"to", rewrite.at("to")}},
        FieldsOfRewrite(document, rewrite)};
  }
  for (const json& item : document.at("unresolved")) {
    const auto name = item.at("name").get<std::string>();
    items.consequences[std::string(kLaunch) + name] = {item.at("bound_by"),
                                                       FieldsOf(document, UnresolvedKey(name))};
  }
}

}  // namespace

Items ItemsOf(const json& document) {
  Items items;
  items.decisions["dialect"] = {"dialect", document.at("dialect")};
  AddRecipe(document, items);
  AddPolicy(document, items);
  AddFlags(document, items);
  AddPlan(document, items);
  AddSeams(document, items);
  AddRest(document, items);
  return items;
}

std::string OriginOf(const json& document, const std::string& name) {
  const json& provenance = document.at("provenance");
  const auto entry = provenance.find(
      name.starts_with(kLaunch) ? UnresolvedKey(std::string_view(name).substr(kLaunch.size()))
                                : name);
  return entry == provenance.end() ? std::string() : ProvenanceText(*entry);
}

}  // namespace nam56r::contract
