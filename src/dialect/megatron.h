#pragma once

#include <span>

#include "src/dialect/lowering.h"
#include "src/dialect/release.h"
#include "src/dialect/support_rules.h"

/// The dialect megatron@0.19 (core_v0.19.0). File and function names in comments are of that tag.
namespace nam56r::dialect {

base::Expected<Lowered> LowerMegatron(const Context& context, const Release& release);

/// --hybrid-layer-pattern: '+' MLA, 'D' DSA, 'E' experts, 'M' Mamba-3 and M2RNN (a seam tells them
/// apart), '-' dense; '|' where chunks meet; "/<block>" for each MTP depth
/// (hybrid_layer_allocation.py).
std::string HybridLayerPattern(const Context& context);

/// What the release refuses, or would silently turn into something else.
std::span<const SupportRule> MegatronRules();

/// The flags of the model and of the layout.
std::vector<NativeArg> MegatronArgs(const Context& context);

/// Every policy field with the flags and variables that it becomes.
std::vector<PolicyField> MegatronFields(const Context& context);

/// What arguments.py:validate_args and argument_utils.py change between command line and training.
std::vector<Rewrite> MegatronRewrites(const Context& context, const Release& release,
                                      const Lowered& lowered);

std::vector<Unresolved> MegatronUnresolved(const Context& context);

}  // namespace nam56r::dialect
