#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kGroupsDivideExperts = {
    .code = "PLAN1405",
    .dests = {"moe_router_num_groups", "num_experts"},
    .refuses =
        [](const Args& a, const Args&) {
          const std::int64_t groups = a.Int("moe_router_num_groups");
          return a.On("moe_router_group_topk") && groups > 0 && a.Int("num_experts") % groups != 0;
        },
    .why = "cuts the experts into groups of one size",
    .fix = "choose a divisor of {num_experts}",
    .valid = "divisors of the number of experts",
    .source = kConfig,
    .stage = Stage::kBuild,
};

}  // namespace nam56r::dialect::rules
