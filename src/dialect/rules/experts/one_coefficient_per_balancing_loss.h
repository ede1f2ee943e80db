#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOneCoefficientPerBalancingLoss = {
    .code = "PLAN1408",
    .title = "Balancing losses without a coefficient each",
    .dests = {"moe_aux_loss_coeff", "moe_router_load_balancing_type"},
    .refuses =
        [](const Args& a, const Args&) {
          const std::size_t types = a.Size("moe_router_load_balancing_type");
          return a.Value("moe_router_load_balancing_type").is_array() && types > 1 &&
                 a.Size("moe_aux_loss_coeff") != types;
        },
    .why = "wants a coefficient for each of several balancing losses",
    .fix = "give {moe_aux_loss_coeff} a value for each of {moe_router_load_balancing_type}",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args& a) -> Values {
      return {std::to_string(a.Size("moe_router_load_balancing_type")) + " values"};
    },
    .fails = "--moe-router-load-balancing-type aux_loss seq_aux_loss --moe-aux-loss-coeff 0.001",
    .passes =
        "--moe-router-load-balancing-type aux_loss seq_aux_loss --moe-aux-loss-coeff 0.001 "
        "0.001",
};

}  // namespace nam56r::dialect::rules
