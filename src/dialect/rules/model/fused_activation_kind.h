#pragma once

#include "src/dialect/rules/activation.h"
#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kFusedActivationKind = {
    .code = "PLAN2901",
    .title = "Bias fused with squared ReLU",
    .dests = {"bias_gelu_fusion", "squared_relu"},
    .refuses = [](const Args& a, const Args&) { return SquaredRelu(a) && FusesActivation(a); },
    .why = "fuses a bias with GELU, SwiGLU and quick GEGLU only",
    .fix = "give --no-bias-gelu-fusion",
    .valid = "false",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails = "!--disable-bias-linear --squared-relu",
    .passes = "--squared-relu",
};

}  // namespace nam56r::dialect::rules
