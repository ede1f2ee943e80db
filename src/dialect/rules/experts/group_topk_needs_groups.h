#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kGroupTopkNeedsGroups = {
    .code = "PLAN1403",
    .dests = {"moe_router_num_groups", "moe_router_group_topk"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("moe_router_group_topk") && !a.On("moe_router_num_groups");
        },
    .why = "limits routing to groups of experts and is not told how many there are",
    .fix = "set {moe_router_num_groups}",
    .valid = "divisors of the number of experts",
    .source = kConfig,
    .stage = Stage::kBuild,
};

}  // namespace nam56r::dialect::rules
