#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kTopkWithinChosenGroups = {
    .code = "PLAN1407",
    .title = "More experts chosen than the chosen groups have",
    .dests = {"moe_router_topk", "moe_router_group_topk", "moe_router_num_groups"},
    .refuses =
        [](const Args& a, const Args&) {
          const std::int64_t groups = a.Int("moe_router_num_groups");
          const std::int64_t chosen = a.Int("moe_router_group_topk");
          return groups > 0 && chosen > 0 &&
                 a.Int("moe_router_topk") > chosen * (a.Int("num_experts") / groups);
        },
    .why = "has fewer experts in the chosen groups than it is to choose",
    .fix = "choose more groups by {moe_router_group_topk}, or fewer experts by {moe_router_topk}",
    .source = "moe_utils.py:group_limited_topk",
    .stage = Stage::kRun,
    .valid_of = [](const Args& a) -> Values {
      const std::int64_t groups = a.Int("moe_router_num_groups");
      if (groups <= 0) return {"not given"};
      return Range(1, Product(a.Int("moe_router_group_topk"), a.Int("num_experts") / groups));
    },
    .fails = "--moe-router-topk 4 --moe-router-num-groups 16 --moe-router-group-topk 2",
    .passes = "--moe-router-topk 4 --moe-router-num-groups 4 --moe-router-group-topk 2",
};

}  // namespace nam56r::dialect::rules
