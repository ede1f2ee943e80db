#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kGroupsDivideExperts = {
    .code = "PLAN1405",
    .title = "Experts that their groups do not divide",
    .dests = {"moe_router_num_groups", "num_experts"},
    .refuses =
        [](const Args& a, const Args&) {
          const std::int64_t groups = a.Int("moe_router_num_groups");
          return a.On("moe_router_group_topk") && groups > 0 && a.Int("num_experts") % groups != 0;
        },
    .why = "cuts the experts into groups of one size",
    .fix = "choose a divisor of {num_experts} for {moe_router_num_groups}",
    .source = kConfig,
    .stage = Stage::kBuild,
    .valid_of = [](const Args& a) -> Values { return DivisorsOf(a.Int("num_experts")); },
    .fails = "--moe-router-group-topk 2 --moe-router-num-groups 3",
    .passes = "--moe-router-group-topk 2 --moe-router-num-groups 4",
};

}  // namespace nam56r::dialect::rules
