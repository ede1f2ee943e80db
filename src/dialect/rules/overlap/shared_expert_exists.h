#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kSharedExpertExists = {
    .code = "POLICY2105",
    .title = "Overlap of a shared expert that is not there",
    .dests = {"moe_shared_expert_overlap", "moe_shared_expert_intermediate_size"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("moe_shared_expert_overlap") &&
                 a.IsNull("moe_shared_expert_intermediate_size");
        },
    .why = "has no shared expert to overlap",
    .fix = "turn off {moe_shared_expert_overlap}",
    .valid = "false",
    .source = "moe_layer.py:MoELayer.__init__",
    .stage = Stage::kBuild,
    .reach = Reach::kContract,
    .fails = "!--moe-shared-expert-intermediate-size --moe-shared-expert-overlap",
    .passes = "--moe-shared-expert-overlap",
};

}  // namespace nam56r::dialect::rules
