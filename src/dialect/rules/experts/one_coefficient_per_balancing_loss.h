#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOneCoefficientPerBalancingLoss = {
    .code = "PLAN1408",
    .dests = {"moe_router_load_balancing_type", "moe_aux_loss_coeff"},
    .refuses =
        [](const Args& a, const Args&) {
          const std::size_t types = a.Size("moe_router_load_balancing_type");
          return a.Value("moe_router_load_balancing_type").is_array() && types > 1 &&
                 a.Size("moe_aux_loss_coeff") != types;
        },
    .why = "wants a coefficient for each of several balancing losses",
    .fix = "give {moe_aux_loss_coeff} as many values",
    .valid = "as many values as losses",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
};

}  // namespace nam56r::dialect::rules
