#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOneTensorNeedsEngine = {
    .code = "POLICY1466",
    .title = "Experts in one tensor before Transformer Engine 2.14",
    .dests = {"moe_single_grouped_weight", "moe_single_grouped_bias"},
    .refuses =
        [](const Args& a, const Args&) {
          return (a.On("moe_single_grouped_weight") || a.On("moe_single_grouped_bias")) &&
                 !a.surroundings().transformer_engine;
        },
    .why =
        "holds all experts in one tensor with Transformer Engine 2.14 and newer only, and nothing "
        "is known of the host",
    .fix = "leave {moe_single_grouped_weight} out",
    .valid = "false",
    .source = kConfig,
    .stage = Stage::kBuild,
    .releases = {.since = 18},
    .reach = Reach::kCommandLine,
    .fails = "--moe-single-grouped-weight !te",
    .passes = "--moe-router-topk 4",
};

}  // namespace nam56r::dialect::rules
