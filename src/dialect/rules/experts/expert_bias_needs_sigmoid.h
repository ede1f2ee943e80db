#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kExpertBiasNeedsSigmoid = {
    .code = "PLAN1401",
    .title = "Balancing by bias without sigmoid scores",
    .dests = {"moe_router_enable_expert_bias", "moe_router_score_function"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("moe_router_enable_expert_bias") &&
                 !a.Is("moe_router_score_function", "sigmoid") &&
                 !(a.minor() >= 18 && a.Is("moe_router_score_function", "sqrtsoftplus"));
        },
    .why = "balances by expert bias with sigmoid scores only",
    .fix =
        "choose sigmoid for {moe_router_score_function}, or turn off "
        "{moe_router_enable_expert_bias}",
    .valid = "false",
    .source = kConfig,
    .stage = Stage::kBuild,
    .fails = "--moe-router-score-function softmax",
    .passes = "--moe-router-score-function sigmoid",
};

}  // namespace nam56r::dialect::rules
