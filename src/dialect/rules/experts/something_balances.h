#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kSomethingBalances = {
    .code = "PLAN1428",
    .title = "Experts that nothing balances",
    .dests = {"moe_aux_loss_coeff", "moe_router_load_balancing_type",
              "moe_router_enable_expert_bias"},
    .refuses =
        [](const Args& a, const Args&) {
          if (!ExpertLayers(a) || !SeveralExperts(a) || a.On("moe_router_enable_expert_bias") ||
              a.On("moe_router_force_load_balancing")) {
            return false;
          }
          if (a.Int("moe_router_topk") >= a.Int("num_experts")) return false;
          if (a.Lists("moe_router_load_balancing_type", "none") ||
              a.Lists("moe_router_load_balancing_type", "sinkhorn") ||
              a.Lists("moe_router_load_balancing_type", "quantile_balancing")) {
            return false;
          }
          return !BalancingLoss(a);
        },
    .why =
        "weighs the balancing loss by 0 where nothing else is said, and no bias balances: a "
        "few experts take all tokens",
    .fix = "give {moe_aux_loss_coeff}, or turn on {moe_router_enable_expert_bias}",
    .valid = "above 0",
    .source = "router.py:TopKRouter",
    .stage = Stage::kRun,
    .severity = base::Severity::kWarning,
    .reach = Reach::kCommandLine,
    .fails = "!--moe-aux-loss-coeff !--moe-router-enable-expert-bias",
    .passes = "!--moe-router-enable-expert-bias",
};

}  // namespace nam56r::dialect::rules
