#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kGroupsNeedGroupTopk = {
    .code = "PLAN1404",
    .title = "Groups of experts that nothing is limited to",
    .dests = {"moe_router_num_groups", "moe_router_group_topk"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("moe_router_num_groups") && !a.On("moe_router_group_topk");
        },
    .why = "ignores the number of groups where no group is chosen: it routes to all experts",
    .fix = "set {moe_router_group_topk}, or {moe_router_num_groups} to 0",
    .valid = "not given|0",
    .source = "moe_utils.py:topk_routing_with_score_function",
    .stage = Stage::kRun,
    .fails = "--moe-router-num-groups 4",
    .passes = "--moe-router-num-groups 4 --moe-router-group-topk 2",
};

}  // namespace nam56r::dialect::rules
