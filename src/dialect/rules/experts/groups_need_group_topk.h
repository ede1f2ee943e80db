#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kGroupsNeedGroupTopk = {
    .code = "PLAN1404",
    .dests = {"moe_router_num_groups", "moe_router_group_topk"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("moe_router_num_groups") && !a.On("moe_router_group_topk");
        },
    .why = "ignores the number of groups where no group is chosen",
    .fix = "set {moe_router_group_topk}, or {moe_router_num_groups} to 0",
    .valid = "0",
    .source = "moe_utils.py:topk_routing_with_score_function",
    .stage = Stage::kRun,
    .reach = Reach::kContract,
};

}  // namespace nam56r::dialect::rules
