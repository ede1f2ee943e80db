#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kGroupTopkWithinGroups = {
    .code = "PLAN1406",
    .title = "More groups chosen than there are",
    .dests = {"moe_router_group_topk", "moe_router_num_groups"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("moe_router_num_groups") &&
                 a.Int("moe_router_group_topk") > a.Int("moe_router_num_groups");
        },
    .why = "cannot choose more groups than there are",
    .fix = "choose at most {moe_router_num_groups} for {moe_router_group_topk}",
    .source = kConfig,
    .stage = Stage::kBuild,
    .valid_of = [](const Args& a) -> Values { return Range(1, a.Int("moe_router_num_groups")); },
    .fails = "--moe-router-group-topk 8 --moe-router-num-groups 4",
    .passes = "--moe-router-group-topk 2 --moe-router-num-groups 4",
};

}  // namespace nam56r::dialect::rules
