#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kQuantileBalancingStandsAlone = {
    .code = "PLAN1426",
    .title = "Quantile balancing beside what it cannot be combined with",
    .dests = {"moe_router_load_balancing_type", "moe_aux_loss_coeff", "moe_router_fusion",
              "moe_router_num_groups", "moe_router_group_topk"},
    .refuses =
        [](const Args& a, const Args&) {
          return ExpertLayers(a) &&
                 a.Lists("moe_router_load_balancing_type", "quantile_balancing") &&
                 (BalancingLoss(a) || a.On("moe_router_fusion") ||
                  !a.IsNull("moe_router_num_groups") || !a.IsNull("moe_router_group_topk"));
        },
    .why = "balances by quantiles without a loss, a fused router and groups of experts only",
    .fix = "leave {moe_aux_loss_coeff}, {moe_router_fusion} and the groups out",
    .valid = "aux_loss|seq_aux_loss|global_aux_loss|none",
    .source = "router.py:TopKRouter",
    .stage = Stage::kRun,
    .releases = {.since = 19},
    .reach = Reach::kCommandLine,
    .fails = "--moe-router-load-balancing-type quantile_balancing",
    .passes =
        "--moe-router-load-balancing-type quantile_balancing --moe-aux-loss-coeff 0 !--moe-"
        "router-enable-expert-bias",
};

}  // namespace nam56r::dialect::rules
