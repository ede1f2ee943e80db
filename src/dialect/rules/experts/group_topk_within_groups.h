#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kGroupTopkWithinGroups = {
    .code = "PLAN1406",
    .dests = {"moe_router_group_topk", "moe_router_num_groups"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("moe_router_num_groups") &&
                 a.Int("moe_router_group_topk") > a.Int("moe_router_num_groups");
        },
    .why = "cannot choose more groups than there are",
    .fix = "choose at most {moe_router_num_groups}",
    .valid = "at most the number of groups",
    .source = kConfig,
    .stage = Stage::kBuild,
};

}  // namespace nam56r::dialect::rules
