#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kCapacityDropsTokens = {
    .code = "PLAN1430",
    .title = "Expert capacity that drops tokens",
    .dests = {"moe_expert_capacity_factor", "num_experts"},
    .refuses =
        [](const Args& a, const Args&) {
          return ExpertLayers(a) && SeveralExperts(a) && Capacity(a) &&
                 a.Number("moe_expert_capacity_factor", -1) <= 1.0;
        },
    .why =
        "gives each expert room for its even share of the tokens at most: every token above "
        "it is dropped, and the layer passes it on unchanged",
    .fix = "choose a {moe_expert_capacity_factor} above 1, or leave it out",
    .valid = "not given|above 1.0",
    .source = "moe_utils.py:apply_router_token_dropping",
    .stage = Stage::kRun,
    .severity = base::Severity::kWarning,
    .reach = Reach::kCommandLine,
    .fails = "--moe-expert-capacity-factor 1.0",
    .passes = "--moe-expert-capacity-factor 2.0",
};

}  // namespace nam56r::dialect::rules
