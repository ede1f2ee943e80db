#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kLatentAndSharedOverlap = {
    .code = "PLAN1431",
    .title = "A latent projection beside an overlapped shared expert",
    .dests = {"moe_shared_expert_overlap", "moe_latent_size"},
    .refuses =
        [](const Args& a, const Args&) {
          return ExpertLayers(a) && !a.IsNull("moe_latent_size") &&
                 a.On("moe_shared_expert_overlap") &&
                 !a.IsNull("moe_shared_expert_intermediate_size");
        },
    .why = "does not overlap the shared expert where experts work on a latent projection",
    .fix = "turn off {moe_shared_expert_overlap}",
    .valid = "false",
    .source = "moe_layer.py:MoELayer",
    .stage = Stage::kRun,
    .reach = Reach::kCommandLine,
    .fails = "--moe-latent-size 1024 --moe-shared-expert-overlap",
    .passes = "--moe-latent-size 1024",
};

}  // namespace nam56r::dialect::rules
