#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kFusedTpIsOptimized = {
    .code = "POLICY2618",
    .title = "Fused TP communication of other layers",
    .dests = {"inference_fuse_tp_communication", "transformer_impl"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("inference_fuse_tp_communication") &&
                 !a.Is("transformer_impl", "inference_optimized");
        },
    .why = "fuses the communication of TP in inference-optimized layers only",
    .fix = "leave {inference_fuse_tp_communication} out",
    .valid = "false",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails = "--inference-fuse-tp-communication",
    .passes = "--transformer-impl inference_optimized",
};

}  // namespace nam56r::dialect::rules
