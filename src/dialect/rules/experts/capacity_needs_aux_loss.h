#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kCapacityNeedsAuxLoss = {
    .code = "PLAN1409",
    .dests = {"moe_expert_capacity_factor", "moe_router_load_balancing_type"},
    .refuses =
        [](const Args& a, const Args&) {
          if (a.IsNull("moe_expert_capacity_factor")) return false;
          for (const char* type : {"sinkhorn", "quantile_balancing"}) {
            if (a.Lists("moe_router_load_balancing_type", type)) return true;
          }
          return false;
        },
    .why = "limits experts to a capacity with balancing losses or none only",
    .fix =
        "choose another {moe_router_load_balancing_type}, or set "
        "{moe_expert_capacity_factor} to 0",
    .valid = "0.0",
    .source = kConfig,
    .stage = Stage::kBuild,
};

}  // namespace nam56r::dialect::rules
