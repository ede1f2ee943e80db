#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kTopOneNeedsPreSoftmax = {
    .code = "PLAN1402",
    .title = "One expert a token with softmax after the choice",
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
    .source = kConfig,
    .stage = Stage::kBuild,
    .valid_of = [](const Args& a) -> Values { return Range(2, a.Int("num_experts")); },
    .fails =
        "--moe-router-topk 1 --moe-router-score-function softmax !--moe-router-enable-expert-"
        "bias",
    .passes =
        "--moe-router-topk 1 --moe-router-score-function softmax !--moe-router-enable-expert-"
        "bias --moe-router-pre-softmax",
};

}  // namespace nam56r::dialect::rules
