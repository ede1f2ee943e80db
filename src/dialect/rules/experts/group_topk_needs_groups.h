#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kGroupTopkNeedsGroups = {
    .code = "PLAN1403",
    .title = "Limited routing without a number of groups",
    .dests = {"moe_router_num_groups", "moe_router_group_topk"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("moe_router_group_topk") && !a.On("moe_router_num_groups");
        },
    .why = "limits routing to groups of experts and is not told how many there are",
    .fix = "set {moe_router_num_groups}",
    .source = kConfig,
    .stage = Stage::kBuild,
    .valid_of = [](const Args& a) -> Values { return DivisorsOf(a.Int("num_experts")); },
    .fails = "--moe-router-group-topk 2",
    .passes = "--moe-router-group-topk 2 --moe-router-num-groups 4",
};

}  // namespace nam56r::dialect::rules
