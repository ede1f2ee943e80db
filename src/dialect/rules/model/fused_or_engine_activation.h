#pragma once

#include "src/dialect/rules/activation.h"
#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kFusedOrEngineActivation = {
    .code = "POLICY2903",
    .title = "Transformer Engine's activation and a fused one",
    .dests = {"use_te_activation_func", "bias_swiglu_fusion", "bias_gelu_fusion"},
    .refuses = [](const Args& a,
                  const Args&) { return a.On("use_te_activation_func") && FusesActivation(a); },
    .why = "has Transformer Engine's activation or the one fused with its bias",
    .fix = "leave {use_te_activation_func} out, or give --no-bias-swiglu-fusion",
    .valid = "false",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails = "--swiglu --use-te-activation-func",
    .passes = "--swiglu --no-bias-swiglu-fusion --use-te-activation-func",
};

}  // namespace nam56r::dialect::rules
