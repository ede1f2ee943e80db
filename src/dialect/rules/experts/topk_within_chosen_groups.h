#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kTopkWithinChosenGroups = {
    .code = "PLAN1407",
    .dests = {"moe_router_topk", "moe_router_group_topk", "moe_router_num_groups"},
    .refuses =
        [](const Args& a, const Args&) {
          const std::int64_t groups = a.Int("moe_router_num_groups");
          const std::int64_t chosen = a.Int("moe_router_group_topk");
          return groups > 0 && chosen > 0 &&
                 a.Int("moe_router_topk") > chosen * (a.Int("num_experts") / groups);
        },
    .why = "has fewer experts in the chosen groups than it is to choose",
    .fix = "choose more groups, or fewer experts",
    .valid = "at most the experts of the chosen groups",
    .source = "moe_utils.py:group_limited_topk",
    .stage = Stage::kRun,
    .reach = Reach::kContract,
};

}  // namespace nam56r::dialect::rules
