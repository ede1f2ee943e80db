#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "src/base/expected.h"
#include "src/base/field_value.h"
#include "src/seams/context.h"

/// From recipe and policy to one backend's words. Lowering fails closed: what a dialect cannot say
/// or its backend does not do is refused, never dropped.
namespace nam56r::dialect {

using seams::Context;

/// One flag that follows from the recipe (owner plan) or, mechanically, from recipe mode and layout
/// (owner policy).
struct NativeArg {
  std::string flag;
  std::vector<std::string> values;
  base::Surface owner = base::Surface::kPlan;
  std::string from;  ///< field keys or rule: "recipe moe.num_experts"; no line numbers
  /// The fields it follows from, the deciding one first: "recipe.moe.num_experts". Empty: the rule
  /// that |from| states.
  std::vector<std::string> fields = {};
};

/// One decision, and what it becomes at launch (nothing, when the backend's default already is it).
struct PolicyField {
  std::string key;  ///< "optimizer.lr"
  base::FieldValue value;
  std::vector<std::string> argv;                   ///< {"--lr", "0.0001"}
  std::map<std::string, std::string> environment;  ///< {"CUDA_DEVICE_MAX_CONNECTIONS", "1"}
};

/// A value that the backend changes between command line and training.
struct Rewrite {
  std::string dest;
  std::string flag;
  nlohmann::json from;
  nlohmann::json to;
  bool given = false;  ///< the contract sets it itself
  std::string why;
  std::string source = {};  ///< "arguments.py:validate_args"
};

/// Known only at launch: a flag, an environment variable, or a thing by its name.
struct Unresolved {
  std::string name;      ///< "--data-path", "TRITON_CACHE_DIR", "worker"
  std::string bound_by;  ///< "host paths.cache_root"
};

struct Lowered {
  std::vector<NativeArg> args;
  std::vector<PolicyField> fields;  ///< every field of the policy, in schema order
  std::vector<Rewrite> rewrites;
  std::vector<Unresolved> unresolved;
  /// What the release's rules find and do not refuse: warnings, notes, and errors that the policy
  /// waives (these with severity error).
  base::Diagnostics findings = {};
};

/// Whether there is such a dialect. Error: DIALECT0003, with the nearest name.
base::Status CheckName(const std::string& dialect);

/// Lowers for |context.dialect|. Errors: DIALECT0002 a value that this backend does not execute
/// (each names field, line, valid set and fix), DIALECT0003 a dialect that is not known, and those
/// of the rules that the release would refuse it by (argument_rules.h).
base::Expected<Lowered> Lower(const Context& context);

}  // namespace nam56r::dialect
