#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "src/base/expected.h"
#include "src/base/origin.h"
#include "src/contract/reader.h"
#include "src/dialect/lowering.h"
#include "src/plan/plan.h"
#include "src/policy/policy.h"
#include "src/recipe/recipe.h"
#include "src/seams/seam.h"

namespace nam56r::contract {

// The rooms below define them; a contract is where they meet.
using dialect::NativeArg;
using dialect::PolicyField;
using dialect::Rewrite;
using dialect::Unresolved;
using seams::SeamUse;

/// First surface: what one backend's dialect is told about the model. Generated, never edited.
struct GeneratedNativeArgs {
  std::vector<NativeArg> args;
};

/// Second surface: chosen, explicit, never implied by the pattern.
struct FixedPolicy {
  std::vector<PolicyField> fields;
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
  /// What the compiler has to say and does not refuse, waived findings among it.
  base::Diagnostics warnings;
};

struct CompileOptions {
  /// Empty: "native" or "megatron@0.19", as run.backend says; "nemo" with that recipe mode.
  std::string dialect;
  /// "YYYY-MM-DD", for the waivers of the policy; empty: none has expired.
  std::string today = {};
};

/// The passes, in order: name the dialect, keep machine paths and secrets out, expand, check the
/// layout and the policy against the plan, derive, collect seams, lower (with rewrites), give every
/// flag and variable one owner, record provenance. Errors of independent passes are reported
/// together. Beside those of plan::Expand, seams::Collect and dialect::Lower: DIALECT0003 unknown
/// dialect, DIALECT0004 a dialect of another backend than run.backend, or of another recipe mode,
/// LAYOUT00xx (layout_checks.h), POLICY0xxx (policy_checks.h), CONTRACT0004 a machine path or a
/// secret, CONTRACT0005 a flag or variable with two owners, POLICY095x (waivers.h).
base::Expected<Contract> Compile(const base::Loaded<recipe::Recipe>& recipe,
                                 const base::Loaded<policy::Policy>& policy,
                                 const CompileOptions& options);

/// What a reader cannot see: that both surfaces, the seams and the rewrites in the file are those
/// that its recipe and policy compile to. Whoever is about to launch asks. Errors: those of
/// Compile, CONTRACT0006 another contract than this version compiles. |today| as CompileOptions has
/// it.
base::Status Verify(const ReadContract& contract, const std::string& today = {});
/// That error: this version compiles the recipe and the policy of |contract| to |digest|.
base::Diagnostic AnotherContract(const ReadContract& contract, const std::string& digest);

/// Where none is asked for: what backend and recipe mode say.
std::string DialectOf(const policy::Run& run);

/// `nam56r.contract/1`, with its digest. The same inputs give the same bytes.
nlohmann::json ToJson(const Contract& contract);

}  // namespace nam56r::contract
