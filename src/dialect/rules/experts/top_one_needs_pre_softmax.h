#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kTopOneNeedsPreSoftmax = {
    .code = "PLAN1402",
    .dests = {"moe_router_topk", "moe_router_score_function", "moe_router_pre_softmax"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.Int("moe_router_topk") == 1 && a.Is("moe_router_score_function", "softmax") &&
                 !a.On("moe_router_pre_softmax") &&
                 !a.Lists("moe_router_load_balancing_type", "sinkhorn");
        },
    .why = "wants softmax before the choice when one expert is chosen, which is another router",
    .fix =
        "turn on {moe_router_pre_softmax}, choose sigmoid for {moe_router_score_function}, or "
        "two experts and more",
    .valid = "2 and more",
    .source = kConfig,
    .stage = Stage::kBuild,
};

}  // namespace nam56r::dialect::rules
