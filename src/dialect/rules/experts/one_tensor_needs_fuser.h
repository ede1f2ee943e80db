#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOneTensorNeedsFuser = {
    .code = "POLICY1468",
    .title = "Experts in one tensor without fused operations",
    .dests = {"moe_single_grouped_weight", "use_transformer_engine_op_fuser"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("moe_single_grouped_weight") && !a.On("use_transformer_engine_op_fuser");
        },
    .why = "trains one tensor of all experts with Transformer Engine's fused operations only",
    .fix = "give {use_transformer_engine_op_fuser}",
    .valid = "false",
    .source = kConfig,
    .stage = Stage::kBuild,
    .releases = {.since = 19},
    .reach = Reach::kCommandLine,
    .fails = "--moe-single-grouped-weight te:2.14",
    .passes = "--moe-router-topk 4",
};

}  // namespace nam56r::dialect::rules
