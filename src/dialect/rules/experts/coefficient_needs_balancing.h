#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kCoefficientNeedsBalancing = {
    .code = "PLAN1427",
    .title = "A balancing coefficient that nothing reads",
    .dests = {"moe_aux_loss_coeff", "moe_router_load_balancing_type"},
    .refuses =
        [](const Args& a, const Args&) {
          return ExpertLayers(a) && a.Lists("moe_router_load_balancing_type", "none") &&
                 a.Size("moe_router_load_balancing_type") <= 1 && BalancingLoss(a);
        },
    .why = "has no balancing loss to weigh",
    .fix =
        "leave {moe_aux_loss_coeff} out, or choose aux_loss for "
        "{moe_router_load_balancing_type}",
    .valid = "0",
    .source = "router.py:TopKRouter.routing",
    .stage = Stage::kRun,
    .severity = base::Severity::kWarning,
    .reach = Reach::kCommandLine,
    .fails = "--moe-router-load-balancing-type none",
    .passes = "--moe-router-load-balancing-type none --moe-aux-loss-coeff 0",
};

}  // namespace nam56r::dialect::rules
