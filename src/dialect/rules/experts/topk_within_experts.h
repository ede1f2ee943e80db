#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kTopkWithinExperts = {
    .code = "PLAN1423",
    .title = "More experts chosen than there are",
    .dests = {"moe_router_topk", "num_experts"},
    .refuses =
        [](const Args& a, const Args&) {
          return ExpertLayers(a) &&
                 (a.Int("moe_router_topk") > a.Int("num_experts") || a.Int("moe_router_topk") < 1);
        },
    .why = "chooses experts for every token among those that there are",
    .fix = "choose at most {num_experts} for {moe_router_topk}",
    .source = "moe_utils.py:topk_routing_with_score_function",
    .stage = Stage::kRun,
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args& a) -> Values { return Range(1, a.Int("num_experts")); },
    .fails = "--moe-router-topk 17",
    .passes = "--moe-router-topk 8",
};

}  // namespace nam56r::dialect::rules
