#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kProbabilitiesOnInputOfOne = {
    .code = "PLAN1432",
    .title = "Probabilities on the input of several experts",
    .dests = {"moe_apply_probs_on_input", "moe_router_topk"},
    .refuses =
        [](const Args& a, const Args&) {
          return ExpertLayers(a) && a.On("moe_apply_probs_on_input") &&
                 a.Int("moe_router_topk") != 1;
        },
    .why =
        "weighs the input of an expert instead of its output where each token has one expert "
        "only",
    .fix = "turn off {moe_apply_probs_on_input}",
    .valid = "false",
    .source = "experts.py:TEGroupedMLP.forward",
    .stage = Stage::kRun,
    .reach = Reach::kCommandLine,
    .fails = "--moe-apply-probs-on-input",
    .passes = "--moe-apply-probs-on-input --moe-router-topk 1",
};

}  // namespace nam56r::dialect::rules
