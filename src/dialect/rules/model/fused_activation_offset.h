#pragma once

#include "src/dialect/rules/activation.h"
#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kFusedActivationOffset = {
    .code = "PLAN2902",
    .title = "Bias fused with an offset of the linear half",
    .dests = {"glu_linear_offset", "quick_geglu"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.Number("glu_linear_offset") != 0 && FusesActivation(a) && !QuickGeglu(a);
        },
    .why = "fuses an offset of the linear half with quick GEGLU only",
    .fix = "write 0 for {glu_linear_offset}, or give --no-bias-swiglu-fusion",
    .valid = "0",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails = "--swiglu --glu-linear-offset 1.0",
    .passes = "--swiglu --no-bias-swiglu-fusion --glu-linear-offset 1.0",
};

}  // namespace nam56r::dialect::rules
