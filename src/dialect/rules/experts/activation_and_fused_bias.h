#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kActivationAndFusedBias = {
    .code = "PLAN1440",
    .title = "An activation that no bias is fused with",
    .dests = {"squared_relu", "bias_gelu_fusion", "add_bias_linear"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("squared_relu") && !a.On("swiglu") && a.On("add_bias_linear") &&
                 a.On("bias_gelu_fusion");
        },
    .why = "fuses the bias with GELU, SwiGLU and quick GELU only",
    .fix = "give --disable-bias-linear, or --no-bias-gelu-fusion",
    .valid = "false",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails = "gpt !--swiglu --squared-relu !--disable-bias-linear --expert-tensor-parallel-size 1",
    .passes = "gpt !--swiglu --squared-relu",
};

}  // namespace nam56r::dialect::rules
