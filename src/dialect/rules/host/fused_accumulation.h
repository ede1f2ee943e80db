#pragma once

#include "src/dialect/rules/execution_facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kFusedAccumulation = {
    .code = "HOST2507",
    .title = "Host without fused accumulation of gradients",
    .dests = {"gradient_accumulation_fusion"},
    .refuses =
        [](const Args& a, const Args&) {
          return NeedsFusedAccumulation(a) && Lacks(a, "fused_weight_gradient_mlp_cuda") &&
                 Lacks(a, "apex");
        },
    .why =
        "accumulates gradients in the matrix product by an extension of Apex, which the host lacks",
    .fix = "turn off {gradient_accumulation_fusion}",
    .valid = "false",
    .source = "tensor_parallel/layers.py:ColumnParallelLinear.__init__",
    .stage = Stage::kBuild,
    .fails = "!pkg:fused_weight_gradient_mlp_cuda !pkg:apex !--no-gradient-accumulation-fusion",
    .passes = "!--no-gradient-accumulation-fusion",
};

}  // namespace nam56r::dialect::rules
