#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kSharedExpertWidth = {
    .code = "PLAN1419",
    .title = "A shared expert of no width",
    .dests = {"moe_shared_expert_intermediate_size"},
    .refuses =
        [](const Args& a, const Args&) {
          return !a.IsNull("moe_shared_expert_intermediate_size") &&
                 a.Int("moe_shared_expert_intermediate_size", 1) <= 0;
        },
    .why = "wants a shared expert of some width",
    .fix = "leave {moe_shared_expert_intermediate_size} out",
    .valid = "not given|1 and more",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails = "--moe-shared-expert-intermediate-size 0",
    .passes = "--moe-shared-expert-intermediate-size 896",
};

}  // namespace nam56r::dialect::rules
