#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "src/base/expected.h"
#include "src/base/origin.h"
#include "src/plan/plan.h"
#include "src/policy/policy.h"
#include "src/recipe/recipe.h"

namespace nam56r::contract {

/// One flag that follows from the recipe (owner plan) or, mechanically, from recipe mode and layout
/// (owner policy).
struct NativeArg {
  std::string flag;
  std::vector<std::string> values;
  base::Surface owner = base::Surface::kPlan;
  std::string from;  ///< field keys or rule: "recipe moe.num_experts"
};

/// First surface: what one backend's dialect is told about the model. Generated, never edited.
struct GeneratedNativeArgs {
  std::vector<NativeArg> args;
};

/// One decision, and what it becomes at launch (nothing, when the backend's default already is it).
struct PolicyField {
  std::string key;  ///< "optimizer.lr"
  base::FieldValue value;
  std::vector<std::string> argv;                   ///< {"--lr", "0.0001"}
  std::map<std::string, std::string> environment;  ///< {"CUDA_DEVICE_MAX_CONNECTIONS", "1"}
};

/// Second surface: chosen, explicit, never implied by the pattern.
struct FixedPolicy {
  std::vector<PolicyField> fields;
};

/// A seam that this contract depends on.
struct SeamUse {
  std::string id;
  std::string family;    ///< "R", "M", ...; empty: none
  std::string replaces;
  std::string why;       ///< the predicate that made it required
  std::vector<std::string> layers;
};

/// A value that the backend changes between command line and training.
struct Rewrite {
  std::string dest;
  std::string flag;
  nlohmann::json from;
  nlohmann::json to;
  bool given = false;  ///< the contract sets it itself
  std::string why;
};

/// Known only at launch: "master_addr", "dataset path", "cache root", ...
struct Unresolved {
  std::string name;
  std::string bound_by;  ///< "host paths.cache_root"
};

struct Contract {
  std::string dialect;
  recipe::Recipe recipe;
  policy::Policy policy;
  plan::Plan plan;
  std::int64_t data_parallel = 1;         ///< derived
  std::int64_t expert_data_parallel = 1;  ///< derived
  std::int64_t micro_batches = 1;         ///< derived: a step and data-parallel rank
  GeneratedNativeArgs generated_native_args;
  FixedPolicy fixed_policy;
  std::vector<SeamUse> seams;
  std::vector<Rewrite> rewrites;
  std::vector<Unresolved> unresolved;
  base::Origins provenance;  ///< "recipe.moe.num_experts", "policy.layout.tensor_parallel", ...
  base::Diagnostics warnings;
};

struct CompileOptions {
  std::string dialect;  ///< empty: "native" or "megatron@0.19", as run.backend says
};

/// The passes, in order: expand, check layout against plan, derive, lower, collect seams, list
/// rewrites, record provenance. All errors of a pass are reported together.
base::Expected<Contract> Compile(const base::Loaded<recipe::Recipe>& recipe,
                                 const base::Loaded<policy::Policy>& policy,
                                 const CompileOptions& options);

/// `nam56r.contract/1`, with its digest. The same inputs give the same bytes.
nlohmann::json ToJson(const Contract& contract);

}  // namespace nam56r::contract
