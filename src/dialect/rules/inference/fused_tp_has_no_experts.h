#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kFusedTpHasNoExperts = {
    .code = "POLICY2619",
    .title = "Fused TP communication with experts",
    .dests = {"inference_fuse_tp_communication", "num_experts"},
    .refuses = [](const Args& a,
                  const Args&) { return a.On("inference_fuse_tp_communication") && Experts(a); },
    .why = "fuses the communication of TP in models without experts only",
    .fix = "leave {inference_fuse_tp_communication} out",
    .valid = "false",
    .source = kConfig,
    .stage = Stage::kBuild,
    .releases = {.since = 17},
    .reach = Reach::kCommandLine,
    .fails = "--transformer-impl inference_optimized --inference-fuse-tp-communication",
    .passes = "--transformer-impl inference_optimized",
};

}  // namespace nam56r::dialect::rules
