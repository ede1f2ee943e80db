#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kSharedExpertDispatcher = {
    .code = "POLICY2104",
    .title = "Shared expert that overlaps another dispatcher",
    .dests = {"moe_shared_expert_overlap", "moe_token_dispatcher_type"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("moe_shared_expert_overlap") &&
                 !a.IsNull("moe_shared_expert_intermediate_size") &&
                 !a.Is("moe_token_dispatcher_type", "alltoall") &&
                 !(a.minor() >= 18 && a.Is("moe_token_dispatcher_type", "flex"));
        },
    .why = "overlaps a shared expert with the alltoall dispatcher, and since 0.18 with flex",
    .fix = "turn off {moe_shared_expert_overlap}",
    .valid = "false",
    .source = kConfig,
    .stage = Stage::kBuild,
    .fails = "--moe-shared-expert-overlap --moe-token-dispatcher-type allgather",
    .passes = "--moe-shared-expert-overlap",
};

}  // namespace nam56r::dialect::rules
