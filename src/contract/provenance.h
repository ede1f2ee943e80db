#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "src/contract/contract.h"

/// Where everything in a contract came from.
namespace nam56r::contract {

/// Keys of a provenance beside the fields' own ("recipe.moe.num_experts"):
/// "flag --num-experts", "environment NCCL_IB_SL", "derived.data_parallel",
/// "seam m2rnn-mixer", and "launch worker" for a thing that only the launch knows.
std::string FlagKey(std::string_view flag);
std::string VariableKey(std::string_view variable);
/// Of something that only the launch knows: a flag, a variable or "worker".
std::string UnresolvedKey(std::string_view name);

/// One origin for every field, flag, variable and derived size of |contract|, and for everything
/// that it leaves to the launch. A flag that one field decides has the line of that field; a flag
/// that is computed has its rule; both name the fields that they follow from.
base::Origins Provenance(const base::Loaded<recipe::Recipe>& recipe,
                         const base::Loaded<policy::Policy>& policy, const Contract& contract);

/// {"recipe.moe.num_experts":{"file","line"}, "flag --num-experts":{"file","line","fields":[...]},
/// "policy.optimizer.beta1":{"default":true}, "derived.micro_batches":{"rule"}}. File names as
/// PublicFileName has them.
nlohmann::json ProvenanceJson(const base::Origins& origins);

/// An entry of that object as a person reads it: "recipes/nam56r.toml:12", "default", "rule: ...".
/// Empty for anything else.
std::string ProvenanceText(const nlohmann::json& entry);

/// The fields that |from| of a generated flag mentions: "recipe model.pattern, model.depth; policy
/// mtp.depth" and "rule: recipe model.hidden_size * mamba.expand" alike. Only keys of |origins|
/// count.
std::vector<std::string> FieldsIn(std::string_view from, const base::Origins& origins);

}  // namespace nam56r::contract
