#include "src/report/profile.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <nlohmann/json.hpp>

#include "src/base/secrets.h"
#include "src/contract/derived.h"
#include "src/contract/private_values.h"
#include "src/plan/flops_megatron.h"
#include "src/plan/sizes.h"
#include "src/policy/environment.h"
#include "src/report/decisions_text.h"
#include "src/seams/context.h"

namespace nam56r::report {
namespace {

using nlohmann::json;

constexpr std::string_view kUnlisted = "not in the registry";

constexpr std::string_view kWithheld = "(withheld)";

std::string Public(const std::string& text) {
  return contract::IsPrivate(text) ? std::string(kWithheld) : text;
}

/// The value of a variable: its name may say that it is a secret.
std::string PublicValue(const std::string& name, const std::string& value) {
  return base::NamesSecret(name) ? std::string(kWithheld) : Public(value);
}

/// A text of the file, wherever it may be missing or of another type.
std::string TextAt(const json& object, const char* key, const std::string& otherwise = "") {
  const auto at = object.find(key);
  return at != object.end() && at->is_string() ? Public(at->get<std::string>()) : otherwise;
}

bool FlagAt(const json& object, const char* key) {
  const auto at = object.find(key);
  return at != object.end() && at->is_boolean() && at->get<bool>();
}

std::string ValueAt(const json& object, const char* key) {
  const auto at = object.find(key);
  if (at == object.end() || at->is_null()) return "unset";
  return Public(at->is_string() ? at->get<std::string>() : at->dump());
}

bool IsDsa(const plan::Slot& slot) {
  return std::find(slot.features.begin(), slot.features.end(), "dsa") != slot.features.end();
}

char Letter(const plan::Slot& slot) { return IsDsa(slot) ? 'a' : static_cast<char>(slot.family); }

std::vector<Profile::Stage> StagesOf(const contract::ReadContract& contract) {
  const policy::Layout& layout = contract.policy.layout;
  std::vector<Profile::Stage> stages;
  for (const plan::Stage& planned : contract.plan.stages) {
    Profile::Stage stage;
    stage.stage = planned.stage;
    for (const std::int64_t index : planned.slots) {
      const plan::Slot& slot = contract.plan.slots.at(static_cast<std::size_t>(index));
      if (stage.chunks.empty() || stage.chunks.back().chunk != slot.chunk) {
        stage.chunks.push_back({slot.chunk, slot.layer_number, slot.layer_number, ""});
      }
      stage.chunks.back().last_layer = slot.layer_number;
      stage.chunks.back().layers += Letter(slot);
    }
    for (const auto* modules : {&contract.plan.before, &contract.plan.after}) {
      for (const plan::Module& module : *modules) {
        if (module.stage != planned.stage) continue;
        std::string name = module.name;
        if (module.depth > 0) name += " " + std::to_string(module.depth);
        (module.copy ? stage.copies : stage.modules).push_back(std::move(name));
      }
    }
    stage.parameters = plan::ParametersOnRank(contract.plan, planned.stage,
                                              {.tp = layout.tensor_parallel,
                                               .ep = layout.expert_parallel,
                                               .etp = layout.expert_tensor_parallel});
    stages.push_back(std::move(stage));
  }
  return stages;
}

void AddPlan(const contract::ReadContract& contract, Profile& profile) {
  const plan::Plan& plan = contract.plan;
  profile.depth = plan.depth;
  for (const plan::Family family : plan::kFamilies) {
    if (const std::int64_t count = plan.CountOf(family); count > 0) {
      profile.counts.emplace_back(static_cast<char>(family), count);
    }
  }
  profile.stages = StagesOf(contract);
  profile.r_layer_indices = plan.r_layer_indices;
  profile.dsa_a_ranks = plan.dsa_a_ranks;
  for (const plan::Slot& slot : plan.slots) {
    if (IsDsa(slot)) profile.dsa_layers.push_back(slot.layer_number);
  }
  profile.total_parameters = plan.total_parameters;
  profile.active_parameters = plan.active_parameters;
  profile.flops = plan.flops;
  const int minor = seams::MegatronMinor(contract.dialect);
  profile.megatron_release = plan::MegatronReleases().back().release;
  if (minor > 0) profile.megatron_release = "0." + std::to_string(minor);
  profile.megatron_uncounted =
      plan::UncountedSymbols(profile.megatron_release, contract.recipe, plan);
}

void AddLayout(const contract::ReadContract& contract, Profile& profile) {
  const policy::Layout& layout = contract.policy.layout;
  const policy::Batch& batch = contract.policy.batch;
  const contract::Derived derived = contract::Derive(contract.policy);
  profile.world_size = layout.world_size;
  profile.sequence_parallel = layout.sequence_parallel;
  profile.parallelism = {{"TP", layout.tensor_parallel},
                         {"PP", layout.pipeline_parallel},
                         {"VPP", layout.virtual_pipeline_parallel},
                         {"EP", layout.expert_parallel},
                         {"ETP", layout.expert_tensor_parallel},
                         {"CP", layout.context_parallel},
                         {"DP", derived.data_parallel},
                         {"expert DP", derived.expert_data_parallel}};
  profile.data_parallel = derived.data_parallel;
  profile.micro_batch_size = batch.micro_batch_size;
  profile.micro_batches = derived.micro_batches;
  profile.global_batch_size = batch.global_batch_size;
  profile.seq_length = contract.recipe.model.seq_length;
  profile.train_iters = batch.train_iters;
  const plan::Size step = plan::Size(batch.global_batch_size) * plan::Size(profile.seq_length);
  profile.tokens_per_step = step.value();
  profile.tokens = (step * plan::Size(batch.train_iters)).value();
}

void AddSeams(const json& seams, Profile& profile) {
  for (const json& use : seams) {
    if (!use.is_object()) continue;
    profile.seams.push_back({.id = TextAt(use, "id"),
                             .family = TextAt(use, "family"),
                             .level = TextAt(use, "level", "required"),
                             .why = TextAt(use, "why"),
                             .recorded_only = FlagAt(use, "recorded_only")});
    const auto settings = use.find("settings");
    if (settings == use.end() || !settings->is_object()) continue;
    for (const auto& [name, value] : settings->items()) {
      profile.seam_settings[Public(name)] = PublicValue(name, ValueAt(*settings, name.c_str()));
    }
  }
}

void AddRewrites(const json& rewrites, Profile& profile) {
  for (const json& rewrite : rewrites) {
    if (!rewrite.is_object()) continue;
    ++profile.rewrites;
    if (!FlagAt(rewrite, "given")) continue;
    const std::string dest = TextAt(rewrite, "dest");
    profile.given_rewrites.push_back({.flag = TextAt(rewrite, "flag", dest),
                                      .from = ValueAt(rewrite, "from"),
                                      .to = ValueAt(rewrite, "to"),
                                      .why = TextAt(rewrite, "why")});
  }
}

/// Calls |visit| with every variable that a policy field becomes: {"value","argv","environment"}
/// at any depth.
template <class Visit>
void EachVariable(const json& fields, const Visit& visit) {
  if (!fields.is_object()) return;
  const auto environment = fields.find("environment");
  if (fields.contains("value") && environment != fields.end() && environment->is_object()) {
    for (const auto& [name, value] : environment->items()) {
      if (value.is_string()) visit(name, value.template get<std::string>());
    }
    return;
  }
  for (const auto& [key, child] : fields.items()) EachVariable(child, visit);
}

void AddEnvironment(const contract::ReadContract& contract, Profile& profile) {
  std::map<std::string, std::string> variables;
  EachVariable(contract.document.at("fixed_policy"),
               [&](const std::string& name, const std::string& value) { variables[name] = value; });
  for (const auto* given : {&contract.policy.environment, &contract.policy.bootstrap_environment}) {
    for (const auto& [name, value] : *given) variables[name] = value;
  }
  constexpr std::array kTimes = {policy::ReadTime::kShell,     policy::ReadTime::kBeforePython,
                                 policy::ReadTime::kImport,    policy::ReadTime::kModelBuild,
                                 policy::ReadTime::kEveryStep, policy::ReadTime::kNever};
  std::map<std::string_view, std::map<std::string, std::string>> groups;
  for (const auto& [name, value] : variables) {
    std::string_view group = kUnlisted;
    for (const policy::EnvironmentVariable& known : policy::KnownEnvironment()) {
      if (known.name == name) group = policy::ReadTimeName(known.read);
    }
    groups[group][Public(name)] = PublicValue(name, value);
  }
  const auto add = [&](std::string_view group) {
    const auto at = groups.find(group);
    if (at != groups.end()) profile.environment.emplace_back(group, at->second);
  };
  for (const policy::ReadTime time : kTimes) add(policy::ReadTimeName(time));
  add(kUnlisted);
}

void AddUnresolved(const json& unresolved, Profile& profile) {
  for (const json& item : unresolved) {
    if (!item.is_object()) continue;
    const std::string by = TextAt(item, "bound_by");
    profile.unresolved[by.substr(0, by.find(','))].push_back(TextAt(item, "name"));
  }
}

/// "expert DP" -> "expert_dp".
std::string Key(std::string_view label) {
  std::string key;
  for (const char c : label) {
    const auto byte = static_cast<unsigned char>(c);
    key += c == ' ' ? '_' : static_cast<char>(std::tolower(byte));
  }
  return key;
}

json StagesJson(const std::vector<Profile::Stage>& stages) {
  json list = json::array();
  for (const Profile::Stage& stage : stages) {
    json chunks = json::array();
    for (const Profile::Chunk& chunk : stage.chunks) {
      chunks.push_back({{"chunk", chunk.chunk},
                        {"first_layer", chunk.first_layer},
                        {"last_layer", chunk.last_layer},
                        {"layers", chunk.layers}});
    }
    list.push_back({{"stage", stage.stage},
                    {"chunks", std::move(chunks)},
                    {"modules", stage.modules},
                    {"copies", stage.copies},
                    {"parameters_on_rank", stage.parameters}});
  }
  return list;
}

json FlopsJson(const Profile& profile) {
  json megatron = json::object();
  for (const plan::MegatronCount& count : profile.flops.megatron) {
    megatron[count.release] = count.training;
  }
  return {{"forward", profile.flops.forward},
          {"training", profile.flops.training},
          {"megatron", std::move(megatron)},
          {"megatron_release", profile.megatron_release},
          {"megatron_uncounted", profile.megatron_uncounted}};
}

}  // namespace

Profile MakeProfile(const contract::ReadContract& contract) {
  Profile profile;
  profile.name = contract.recipe.model.name;
  profile.variant = contract.recipe.model.variant;
  profile.policy = contract.policy.run.name;
  profile.dialect = contract.dialect;
  profile.recipe_mode = contract.policy.run.recipe_mode;
  profile.digest = contract.digest;
  AddPlan(contract, profile);
  AddLayout(contract, profile);
  profile.decisions = DecisionsText(contract.recipe, contract.policy, contract.plan);
  AddSeams(contract.document.at("seams"), profile);
  AddRewrites(contract.document.at("rewrites"), profile);
  AddEnvironment(contract, profile);
  AddUnresolved(contract.document.at("unresolved"), profile);
  return profile;
}

json ToJson(const Profile& profile) {
  json counts = json::object();
  for (const auto& [family, count] : profile.counts) counts[std::string(1, family)] = count;
  json parallelism = {{"world_size", profile.world_size},
                      {"sequence_parallel", profile.sequence_parallel}};
  for (const auto& [axis, size] : profile.parallelism) parallelism[Key(axis)] = size;
  json decisions = json::object();
  for (const auto& [about, text] : profile.decisions) decisions[Key(about)] = text;
  json seams = json::array();
  for (const Profile::Seam& seam : profile.seams) {
    seams.push_back({{"id", seam.id},
                     {"family", seam.family},
                     {"level", seam.level},
                     {"why", seam.why},
                     {"recorded_only", seam.recorded_only}});
  }
  json given = json::array();
  for (const Profile::Rewrite& rewrite : profile.given_rewrites) {
    given.push_back(
        {{"flag", rewrite.flag}, {"from", rewrite.from}, {"to", rewrite.to}, {"why", rewrite.why}});
  }
  json environment = json::object();
  for (const auto& [time, variables] : profile.environment) environment[Key(time)] = variables;
  return {
      {"name", profile.name},
      {"variant", profile.variant},
      {"policy", profile.policy},
      {"dialect", profile.dialect},
      {"recipe_mode", profile.recipe_mode},
      {"digest", profile.digest},
      {"depth", profile.depth},
      {"counts", std::move(counts)},
      {"stages", StagesJson(profile.stages)},
      {"r_layer_indices", profile.r_layer_indices},
      {"dsa_a_ranks", profile.dsa_a_ranks},
      {"dsa_layers", profile.dsa_layers},
      {"parameters", {{"total", profile.total_parameters}, {"active", profile.active_parameters}}},
      {"flops_per_token", FlopsJson(profile)},
      {"parallelism", std::move(parallelism)},
      {"batch",
       {{"micro_batch_size", profile.micro_batch_size},
        {"micro_batches", profile.micro_batches},
        {"global_batch_size", profile.global_batch_size},
        {"seq_length", profile.seq_length},
        {"train_iters", profile.train_iters},
        {"tokens_per_step", profile.tokens_per_step},
        {"tokens", profile.tokens}}},
      {"decisions", std::move(decisions)},
      {"seams", std::move(seams)},
      {"rewrites", {{"total", profile.rewrites}, {"given", std::move(given)}}},
      {"environment", std::move(environment)},
      {"seam_settings", profile.seam_settings},
      {"unresolved", profile.unresolved}};
}

}  // namespace nam56r::report
