#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kExpertBiasMoves = {
    .code = "PLAN1429",
    .title = "An expert bias that never moves",
    .dests = {"moe_router_bias_update_rate", "moe_router_enable_expert_bias"},
    .refuses =
        [](const Args& a, const Args&) {
          return ExpertLayers(a) && a.On("moe_router_enable_expert_bias") &&
                 a.Number("moe_router_bias_update_rate") == 0;
        },
    .why =
        "moves the bias of each expert by the update rate after every step, and it is 0: "
        "nothing is balanced",
    .fix = "give {moe_router_bias_update_rate}, 0.001 for one",
    .valid = "above 0",
    .source = "finalize_model_grads.py:_update_router_expert_bias",
    .stage = Stage::kRun,
    .severity = base::Severity::kWarning,
    .reach = Reach::kCommandLine,
    .fails = "--moe-router-bias-update-rate 0",
    .passes = "--moe-router-bias-update-rate 0.001",
};

}  // namespace nam56r::dialect::rules
