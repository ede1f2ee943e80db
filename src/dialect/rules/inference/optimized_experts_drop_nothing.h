#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOptimizedExpertsDropNothing = {
    .code = "POLICY2611",
    .title = "Inference-optimized experts with a capacity",
    .dests = {"moe_expert_capacity_factor", "transformer_impl"},
    .refuses =
        [](const Args& a, const Args& raw) {
          return Experts(a) && a.Is("transformer_impl", "inference_optimized") &&
                 !raw.IsNull("moe_expert_capacity_factor");
        },
    .why =
        "has inference-optimized experts that drop no token only, and takes a negative capacity "
        "for one",
    .fix = "leave {moe_expert_capacity_factor} out",
    .valid = "not given",
    .source = kConfig,
    .stage = Stage::kBuild,
    .releases = {.since = 17},
    .reach = Reach::kCommandLine,
    .fails = "--transformer-impl inference_optimized --moe-expert-capacity-factor 1.5",
    .passes = "--transformer-impl inference_optimized",
};

}  // namespace nam56r::dialect::rules
