#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kCapacityNeedsAuxLoss = {
    .code = "PLAN1409",
    .title = "Expert capacity beside a balancing that takes none",
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
    .valid = "not given",
    .source = kConfig,
    .stage = Stage::kBuild,
    .fails =
        "--moe-expert-capacity-factor 2.0 --moe-router-load-balancing-type sinkhorn --moe-"
        "aux-loss-coeff 0",
    .passes =
        "--moe-expert-capacity-factor 2.0 --moe-pad-expert-input-to-capacity --moe-router-"
        "load-balancing-type seq_aux_loss",
};

}  // namespace nam56r::dialect::rules
