#pragma once

#include <span>

#include "src/dialect/effective_args.h"
#include "src/dialect/hybrid_pattern.h"
#include "src/dialect/lowering.h"
#include "src/dialect/release.h"
#include "src/dialect/support_rules.h"

/// The dialects megatron@0.16 to 0.19 (core_v0.16.1, core_v0.17.1, core_v0.18.2, core_v0.19.0) and
/// nemo. What a field becomes stands in spelling.h, the pattern in hybrid_pattern.h. File and
/// function names in comments are of those tags.
namespace nam56r::dialect {

base::Expected<Lowered> LowerMegatron(const Context& context, const Release& release);

/// The same without a refusal by rules: |findings| has everything that they find, errors included.
base::Expected<Lowered> LowerAndFind(const Context& context, const Release& release);

/// What cannot be told from the command line: fields without a flag, and those whose flag is only
/// written where it applies. The rest stands in argument_rules.h.
std::span<const SupportRule> MegatronRules();

/// The flags of the model and of the layout.
std::vector<NativeArg> MegatronArgs(const Context& context, const Release& release);

/// Every policy field with the flags and variables that it becomes.
std::vector<PolicyField> MegatronFields(const Context& context, const Release& release);

/// The command line that |lowered| makes, before anything that launch binds, as the release reads
/// it.
EffectiveArgs ArgumentsOf(const Context& context, const Release& release, const Lowered& lowered);

std::vector<Unresolved> MegatronUnresolved(const Context& context);

}  // namespace nam56r::dialect
