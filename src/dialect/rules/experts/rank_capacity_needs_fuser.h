#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kRankCapacityNeedsFuser = {
    .code = "POLICY1474",
    .title = "Capacity of ranks without fused operations",
    .dests = {"moe_expert_rank_capacity_factor", "use_transformer_engine_op_fuser",
              "moe_flex_dispatcher_backend"},
    .refuses =
        [](const Args& a, const Args&) {
          return !a.IsNull("moe_expert_rank_capacity_factor") &&
                 !a.On("use_transformer_engine_op_fuser") &&
                 (a.minor() < 19 || a.Is("moe_flex_dispatcher_backend", "hybridep"));
        },
    .why = "limits the tokens of a rank with Transformer Engine's fused operations only",
    .fix = "give {use_transformer_engine_op_fuser}",
    .valid = "not given",
    .source = kConfig,
    .stage = Stage::kBuild,
    .releases = {.since = 18},
    .reach = Reach::kCommandLine,
    .fails = "--moe-expert-rank-capacity-factor 1.5 --moe-flex-dispatcher-backend hybridep",
    .passes = "--moe-flex-dispatcher-backend hybridep",
};

}  // namespace nam56r::dialect::rules
