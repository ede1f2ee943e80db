#include "src/dialect/megatron.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <stdexcept>

#include "src/dialect/argument_rules.h"
#include "src/dialect/fields.h"
#include "src/dialect/inexpressible.h"
#include "src/dialect/nemo.h"
#include "src/dialect/rewrite_rules.h"
#include "src/dialect/rule_codes.h"

namespace nam56r::dialect {
namespace {

// A value that the schema takes and this release's parser does not.
base::Diagnostics CheckFields(const Context& context, const Release& release,
                              const std::vector<PolicyField>& fields) {
  base::Diagnostics errors;
  for (const PolicyField& field : fields) {
    if (field.argv.empty()) continue;
    for (std::string& violation : Violations(release, field.argv)) {
      const std::string key = "policy." + field.key;
      base::Diagnostic error;
      error.code = "DIALECT0002";
      error.surface = base::Surface::kPolicy;
      error.message = std::move(violation);
      error.where = {
          {At(context, key), fmt::format("{} = {}", field.key, base::ToString(field.value))}};
      error.fields = {key};
      if (const Argument* argument = release.FindFlag(field.argv.front())) {
        error.valid.assign(argument->choices.begin(), argument->choices.end());
      }
      error.fix = "choose one of the valid values";
      errors.push_back(std::move(error));
    }
  }
  return errors;
}

// 0.19 builds no indexer in a layer that takes the indices of another, so that the flags change the
// model; the seam leaves the layer its indexer.
std::optional<Rewrite> LostIndexers(const Context& context, const Lowered& lowered) {
  const std::string key = "attention.index_cache_ranks";
  const auto field = std::find_if(lowered.fields.begin(), lowered.fields.end(),
                                  [&](const PolicyField& f) { return f.key == key; });
  if (field == lowered.fields.end() || field->argv.empty()) return std::nullopt;
  const auto computing =
      static_cast<std::int64_t>(context.policy.value.attention.index_cache_ranks.size());
  std::int64_t layers = 0;
  std::int64_t parameters = 0;  // of one layer's indexer
  for (const plan::Slot& slot : context.plan.slots) {
    if (std::find(slot.features.begin(), slot.features.end(), "dsa") == slot.features.end()) {
      continue;
    }
    ++layers;
    if (layers > 1) continue;
    for (const plan::Tensor& tensor : slot.tensors) {
      if (tensor.name.starts_with("indexer.")) parameters += tensor.count();
    }
  }
  if (layers <= computing) return std::nullopt;
  Rewrite rewrite;
  rewrite.dest = "layers.indexers";
  rewrite.flag = field->argv.front();
  rewrite.from = layers;
  rewrite.to = computing;
  rewrite.given = true;
  rewrite.why = fmt::format(
      "layers that take the indices of another have no indexer: {} parameters fewer than the plan "
      "counts",
      (layers - computing) * parameters);
  rewrite.source = "experimental_attention_variant/dsa.py:DSAttention.__init__";
  return rewrite;
}

// The rules have refused every value that could break these: what is left is our own mistake.
void RequireLegal(const Release& release, const std::vector<NativeArg>& args) {
  for (const NativeArg& arg : args) {
    for (const std::string& violation : Violations(release, arg.flag, arg.values)) {
      throw std::logic_error("illegal generated argument: " + violation);
    }
  }
}

bool Refuses(const Context& context, const base::Diagnostic& finding) {
  if (finding.severity != base::Severity::kError) return false;
  const RuleEntry* entry = FindRule(finding.code);
  const bool waivable = entry != nullptr && CanBeWaived(*entry->rule);
  return !waivable || !context.policy.value.waivers.contains(finding.code);
}

}  // namespace

base::Expected<Lowered> LowerAndFind(const Context& context, const Release& release) {
  base::Diagnostics errors = InexpressibleFields(context, release);
  for (base::Diagnostic& error : Check(MegatronRules(), context)) {
    errors.push_back(std::move(error));
  }
  if (!errors.empty()) return errors;
  Lowered lowered;
  lowered.args = MegatronArgs(context, release);
  lowered.fields = MegatronFields(context, release);
  errors = CheckFields(context, release, lowered.fields);
  if (!errors.empty()) return errors;
  RequireLegal(release, lowered.args);
  const EffectiveArgs raw = ArgumentsOf(context, release, lowered);
  EffectiveArgs args = raw;
  lowered.rewrites = ApplyRewrites(args);
  lowered.findings = CheckContract(context, args, raw);
  if (auto lost = LostIndexers(context, lowered)) lowered.rewrites.push_back(std::move(*lost));
  if (seams::RewritesRecurrence(context)) {
    for (Rewrite& rewrite : NemoRewrites(context)) lowered.rewrites.push_back(std::move(rewrite));
  }
  lowered.unresolved = MegatronUnresolved(context);
  return lowered;
}

base::Expected<Lowered> LowerMegatron(const Context& context, const Release& release) {
  auto lowered = LowerAndFind(context, release);
  if (!lowered) return lowered;
  base::Diagnostics refused;
  base::Diagnostics findings;
  for (base::Diagnostic& finding : lowered->findings) {
    (Refuses(context, finding) ? refused : findings).push_back(std::move(finding));
  }
  if (!refused.empty()) return refused;
  lowered->findings = std::move(findings);
  return lowered;
}

}  // namespace nam56r::dialect
