#include <fmt/format.h>

#include "src/contract/contract.h"
#include "src/contract/derived.h"
#include "src/contract/layout_checks.h"
#include "src/contract/owners.h"
#include "src/contract/policy_checks.h"
#include "src/contract/private_values.h"
#include "src/contract/provenance.h"
#include "src/contract/waivers.h"
#include "src/policy/environment.h"

namespace nam56r::contract {
namespace {

using base::Diagnostics;
using base::Expected;

constexpr std::string_view kNative = "native";
constexpr std::string_view kMegatron = "megatron";
constexpr std::string_view kNewestMegatron = "megatron@0.19";
constexpr std::string_view kNemo = "nemo";

void Append(Diagnostics& all, const Diagnostics& more) {
  all.insert(all.end(), more.begin(), more.end());
}

// "nemo" is the backend Megatron with another lane of layers.
std::string_view BackendOf(std::string_view dialect) {
  return dialect == kNative ? kNative : kMegatron;
}

base::Diagnostic Disagrees(const std::string& dialect, const base::Loaded<policy::Policy>& policy,
                           const std::string& key, const std::string& value) {
  base::Diagnostic error;
  error.code = "DIALECT0004";
  error.surface = base::Surface::kPolicy;
  error.where = {{policy.At(key), fmt::format("{} = \"{}\"", key, value)},
                 {{}, "the dialect that was asked for: " + dialect}};
  error.fields = {"policy." + key};
  return error;
}

Diagnostics CheckDialect(const std::string& dialect, const base::Loaded<policy::Policy>& policy) {
  Diagnostics errors;
  const policy::Run& run = policy.value.run;
  const std::string_view backend = BackendOf(dialect);
  if (backend != run.backend) {
    base::Diagnostic error = Disagrees(dialect, policy, "run.backend", run.backend);
    error.message =
        fmt::format("the dialect {} is not one of the backend '{}'", dialect, run.backend);
    error.valid = {std::string(kNative), std::string(kMegatron)};
    error.fix = fmt::format("write backend = \"{}\" in a policy for that backend", backend);
    errors.push_back(std::move(error));
  } else if (backend == kMegatron && (dialect == kNemo) != (run.recipe_mode == kNemo)) {
    base::Diagnostic error = Disagrees(dialect, policy, "run.recipe_mode", run.recipe_mode);
    const std::string_view wanted = dialect == kNemo ? kNemo : "author";
    error.message = fmt::format(
        "the dialect {} trains the layers of the recipe mode {}, and the policy asks for those of "
        "{}",
        dialect, wanted, run.recipe_mode);
    error.valid = {std::string(wanted)};
    error.fix = dialect == kNemo
                    ? "compile for megatron@0.19, or write recipe_mode = \"nemo\""
                    : "compile for the dialect nemo, or write recipe_mode = \"author\"";
    errors.push_back(std::move(error));
  }
  return errors;
}

// What is waived refuses nothing, and says who answers for it.
void AnswerFor(const std::vector<Waiver>& waivers, Diagnostics& findings) {
  for (base::Diagnostic& finding : findings) {
    for (const Waiver& waiver : waivers) {
      if (waiver.code != finding.code) continue;
      finding.severity = base::Severity::kNote;
      finding.notes.push_back(fmt::format("waived until {}: {}", waiver.expires, waiver.reason));
    }
  }
}

}  // namespace

std::string DialectOf(const policy::Run& run) {
  if (run.backend == kNative) return std::string(kNative);
  return std::string(run.recipe_mode == kNemo ? kNemo : kNewestMegatron);
}

Expected<Contract> Compile(const base::Loaded<recipe::Recipe>& recipe,
                           const base::Loaded<policy::Policy>& policy,
                           const CompileOptions& options) {
  std::string dialect = options.dialect;
  if (dialect.empty()) dialect = DialectOf(policy.value.run);
  // Of a dialect that is not there, nothing else can be said.
  if (auto known = dialect::CheckName(dialect); !known) return known.errors();
  Diagnostics errors = CheckDialect(dialect, policy);
  Append(errors, CheckPrivateValues(recipe, policy));
  const Waivers waivers = ReadWaivers(policy, options.today);
  Append(errors, waivers.errors);

  auto plan = plan::Expand(recipe, CutsOf(policy.value), CutsOriginOf(policy));
  if (!plan) {
    Append(errors, plan.errors());
    Append(errors, policy::CheckEnvironment(policy));  // of what needs no plan
    return errors;
  }
  const seams::Context context{recipe, policy, *plan, dialect};
  Append(errors, CheckLayout(context));
  Append(errors, CheckPolicy(context));
  // The native runtime computes every family itself; its rules refuse any seam.
  Expected<seams::Collected> seams = seams::Collected{};
  if (dialect != kNative) seams = seams::Collect(context);
  if (!seams) Append(errors, seams.errors());
  auto lowered = dialect::Lower(context);
  if (!lowered) {
    Append(errors, lowered.errors());
  } else {
    Append(errors, CheckOwners(context, *lowered));
  }
  if (!errors.empty()) return errors;

  const Derived derived = Derive(policy.value);
  Contract contract;
  contract.dialect = std::move(dialect);
  contract.recipe = recipe.value;
  contract.policy = policy.value;
  contract.data_parallel = derived.data_parallel;
  contract.expert_data_parallel = derived.expert_data_parallel;
  contract.micro_batches = derived.micro_batches;
  contract.generated_native_args.args = std::move(lowered->args);
  contract.fixed_policy.fields = std::move(lowered->fields);
  contract.seams = std::move(seams->uses);
  contract.rewrites = std::move(lowered->rewrites);
  contract.unresolved = std::move(lowered->unresolved);
  contract.findings = std::move(seams->warnings);
  Append(contract.findings, lowered->findings);
  contract.warnings = contract.findings;
  Append(contract.warnings, UnusedWaivers(policy, contract.findings));
  AnswerFor(waivers.valid, contract.warnings);
  contract.provenance = Provenance(recipe, policy, contract);
  contract.plan = std::move(*plan);
  return contract;
}

}  // namespace nam56r::contract
