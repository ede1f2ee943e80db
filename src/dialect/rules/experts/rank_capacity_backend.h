#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kRankCapacityBackend = {
    .code = "POLICY1473",
    .title = "Capacity of ranks in another backend",
    .dests = {"moe_expert_rank_capacity_factor", "moe_flex_dispatcher_backend"},
    .refuses =
        [](const Args& a, const Args&) {
          return !a.IsNull("moe_expert_rank_capacity_factor") &&
                 !a.Is("moe_flex_dispatcher_backend", "hybridep") &&
                 !a.Is("moe_flex_dispatcher_backend", "ncclep");
        },
    .why = "limits the tokens of a rank in the flex backends hybridep and, since 0.19, ncclep only",
    .fix =
        "choose hybridep for {moe_flex_dispatcher_backend}, or leave "
        "{moe_expert_rank_capacity_factor} out",
    .valid = "not given",
    .source = kConfig,
    .stage = Stage::kBuild,
    .releases = {.since = 18},
    .reach = Reach::kCommandLine,
    .fails = "--moe-expert-rank-capacity-factor 1.5 --use-transformer-engine-op-fuser",
    .passes = "--moe-flex-dispatcher-backend hybridep",
};

}  // namespace nam56r::dialect::rules
