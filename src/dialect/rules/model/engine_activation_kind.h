#pragma once

#include "src/dialect/rules/activation.h"
#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kEngineActivationKind = {
    .code = "POLICY2904",
    .title = "Activation that Transformer Engine lacks",
    .dests = {"use_te_activation_func", "squared_relu", "quick_geglu"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("use_te_activation_func") && (SquaredRelu(a) || QuickGeglu(a));
        },
    .why = "has GELU, SiLU and ReLU of Transformer Engine, gated or not",
    .fix = "leave {use_te_activation_func} out",
    .valid = "false",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails = "--squared-relu --use-te-activation-func",
    .passes = "--squared-relu",
};

}  // namespace nam56r::dialect::rules
