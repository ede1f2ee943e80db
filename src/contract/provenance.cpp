#include "src/contract/provenance.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "src/contract/private_values.h"

namespace nam56r::contract {
namespace {

using base::Origin;
using base::Origins;
using nlohmann::json;

constexpr std::string_view kRule = "rule: ";

bool IsKeyCharacter(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.';
}

bool IsVariable(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return std::isupper(static_cast<unsigned char>(c)) != 0 ||
           std::isdigit(static_cast<unsigned char>(c)) != 0 || c == '_';
  });
}

/// The origin of what follows from |fields| alone: that of the first, which decides.
Origin Following(const Origins& origins, std::vector<std::string> fields) {
  const auto it = origins.find(fields.front());
  Origin origin = it == origins.end() ? Origin::Rule("follows from " + fields.front()) : it->second;
  origin.follows = std::move(fields);
  return origin;
}

Origin OfArg(const Origins& origins, const NativeArg& arg) {
  std::vector<std::string> fields = arg.fields;
  if (fields.empty()) fields = FieldsIn(arg.from, origins);
  const bool computed = arg.from.starts_with(kRule);
  if (!computed && !fields.empty()) return Following(origins, std::move(fields));
  Origin origin = Origin::Rule(arg.from.substr(computed ? kRule.size() : 0));
  origin.follows = std::move(fields);
  return origin;
}

void AddPolicyField(const PolicyField& field, Origins& origins) {
  const std::string key = "policy." + field.key;
  for (const std::string& word : field.argv) {
    if (word.starts_with("--")) origins[FlagKey(word)] = Following(origins, {key});
  }
  for (const auto& [name, value] : field.environment) {
    const std::string element = key + "." + name;
    origins[VariableKey(name)] = Following(origins, {origins.contains(element) ? element : key});
  }
}

void AddSeam(const SeamUse& use, Origins& origins) {
  Origin asked = Origin::Rule(use.why);
  asked.follows = use.fields;
  origins["seam " + use.id] = std::move(asked);
  const seams::Seam* seam = seams::Find(use.id);
  for (const auto& [variable, value] : use.settings) {
    Origin origin = Origin::Rule("set for the seam " + use.id);
    if (seam != nullptr) {
      for (std::string_view field : seam->settings) {
        if (seams::SettingVariable(field) != variable) continue;
        origin = Following(origins, {std::string(field)});
      }
    }
    origins.try_emplace(VariableKey(variable), std::move(origin));
  }
}

void AddUnresolved(const Unresolved& item, Origins& origins) {
  Origin origin = Origin::Rule("bound at launch: " + item.bound_by);
  origin.follows = FieldsIn(item.bound_by, origins);
  origins.try_emplace(UnresolvedKey(item.name), std::move(origin));
}

/// A few files stand behind hundreds of values.
class PublicNames {
 public:
  const std::string& Of(const std::string& file) {
    auto [it, added] = names_.try_emplace(file);
    if (added) it->second = PublicFileName(file);
    return it->second;
  }

 private:
  std::map<std::string, std::string> names_;
};

json OriginJson(const Origin& origin, PublicNames& files) {
  json entry;
  switch (origin.kind) {
    case Origin::Kind::kFile:
      entry = {{"file", files.Of(origin.at.file)}, {"line", origin.at.line}};
      break;
    case Origin::Kind::kDefault:
      entry = {{"default", true}};
      break;
    case Origin::Kind::kRule:
      entry = {{"rule", origin.rule}};
      break;
  }
  if (!origin.follows.empty()) entry["fields"] = origin.follows;
  return entry;
}

}  // namespace

std::string FlagKey(std::string_view flag) { return fmt::format("flag {}", flag); }
std::string VariableKey(std::string_view variable) {
  return fmt::format("environment {}", variable);
}
std::string UnresolvedKey(std::string_view name) {
  if (name.starts_with("--")) return FlagKey(name);
  return IsVariable(name) ? VariableKey(name) : fmt::format("launch {}", name);
}

std::vector<std::string> FieldsIn(std::string_view from, const Origins& origins) {
  std::vector<std::string> fields;
  std::string room;
  while (!from.empty()) {
    const auto begin = std::find_if(from.begin(), from.end(), IsKeyCharacter);
    from.remove_prefix(static_cast<std::size_t>(begin - from.begin()));
    const auto end = std::find_if_not(from.begin(), from.end(), IsKeyCharacter);
    const std::string word(from.begin(), end);
    from.remove_prefix(word.size());
    if (word == "recipe" || word == "policy") {
      room = word + ".";
    } else if (!room.empty() && origins.contains(room + word) &&
               std::find(fields.begin(), fields.end(), room + word) == fields.end()) {
      fields.push_back(room + word);
    }
  }
  return fields;
}

Origins Provenance(const base::Loaded<recipe::Recipe>& recipe,
                   const base::Loaded<policy::Policy>& policy, const Contract& contract) {
  Origins origins;
  for (const auto& [key, origin] : recipe.origins) origins["recipe." + key] = origin;
  for (const auto& [key, origin] : policy.origins) origins["policy." + key] = origin;

  const auto derived = [&](const std::string& name, const char* rule,
                           std::vector<std::string> fields) {
    Origin origin = Origin::Rule(rule);
    origin.follows = std::move(fields);
    origins["derived." + name] = std::move(origin);
  };
  derived("data_parallel", "world / (tp * pp * cp)",
          {"policy.layout.world_size", "policy.layout.tensor_parallel",
           "policy.layout.pipeline_parallel", "policy.layout.context_parallel"});
  derived("expert_data_parallel", "world / (etp * ep * pp)",
          {"policy.layout.world_size", "policy.layout.expert_tensor_parallel",
           "policy.layout.expert_parallel", "policy.layout.pipeline_parallel"});
  derived("micro_batches", "global batch / (micro-batch * data_parallel)",
          {"policy.batch.global_batch_size", "policy.batch.micro_batch_size",
           "policy.layout.world_size", "policy.layout.tensor_parallel",
           "policy.layout.pipeline_parallel", "policy.layout.context_parallel"});

  for (const NativeArg& arg : contract.generated_native_args.args) {
    origins[FlagKey(arg.flag)] = OfArg(origins, arg);
  }
  for (const PolicyField& field : contract.fixed_policy.fields) AddPolicyField(field, origins);
  for (const SeamUse& use : contract.seams) AddSeam(use, origins);
  for (const Unresolved& item : contract.unresolved) AddUnresolved(item, origins);
  return origins;
}

json ProvenanceJson(const Origins& origins) {
  json provenance = json::object();
  PublicNames files;
  for (const auto& [key, origin] : origins) provenance[key] = OriginJson(origin, files);
  return provenance;
}

std::string ProvenanceText(const json& entry) {
  if (!entry.is_object()) return {};
  if (const auto file = entry.find("file"); file != entry.end() && file->is_string()) {
    const auto line = entry.find("line");
    const auto& name = file->get_ref<const std::string&>();
    return line != entry.end() && line->is_number_integer() && *line > 0
               ? fmt::format("{}:{}", name, line->get<std::int64_t>())
               : name;
  }
  if (const auto rule = entry.find("rule"); rule != entry.end() && rule->is_string()) {
    return std::string(kRule) + rule->get<std::string>();
  }
  return entry.contains("default") ? "default" : "";
}

}  // namespace nam56r::contract
