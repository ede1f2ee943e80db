#pragma once

#include "src/dialect/rules/execution_facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOverlappedSharedExpert = {
    .code = "POLICY1707",
    .title = "Recompute of a shared expert that overlaps the dispatch",
    .dests = {"recompute_modules", "moe_shared_expert_overlap"},
    .refuses =
        [](const Args& a, const Args&) {
          return Recomputes(a, "shared_experts") && a.On("moe_shared_expert_overlap") &&
                 !a.IsNull("moe_shared_expert_intermediate_size");
        },
    .why = "cannot recompute a shared expert that overlaps the dispatch",
    .fix = "turn off {moe_shared_expert_overlap}",
    .source = kConfig,
    .stage = Stage::kBuild,
    .valid_of = [](const Args& a) { return Without(a, "recompute_modules", {"shared_experts"}); },
    .fails =
        "--moe-shared-expert-overlap --recompute-granularity selective --recompute-modules "
        "shared_experts",
    .passes = "--recompute-granularity selective --recompute-modules shared_experts",
};

}  // namespace nam56r::dialect::rules
