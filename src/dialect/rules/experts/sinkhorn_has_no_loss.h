#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kSinkhornHasNoLoss = {
    .code = "PLAN1425",
    .title = "Sinkhorn routing beside a balancing loss",
    .dests = {"moe_aux_loss_coeff", "moe_router_load_balancing_type"},
    .refuses =
        [](const Args& a, const Args&) {
          return ExpertLayers(a) && a.Lists("moe_router_load_balancing_type", "sinkhorn") &&
                 BalancingLoss(a);
        },
    .why = "balances by Sinkhorn without a loss only, and stops in the first forward",
    .fix = "leave {moe_aux_loss_coeff} out",
    .valid = "0",
    .source = "router.py:TopKRouter.sinkhorn_load_balancing",
    .stage = Stage::kRun,
    .reach = Reach::kCommandLine,
    .fails = "--moe-router-load-balancing-type sinkhorn",
    .passes = "--moe-router-load-balancing-type sinkhorn --moe-aux-loss-coeff 0",
};

}  // namespace nam56r::dialect::rules
