#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOneTensorPrecision = {
    .code = "POLICY1467",
    .title = "Experts in one tensor in another precision",
    .dests = {"moe_single_grouped_weight", "fp8_recipe", "fp4_recipe"},
    .refuses =
        [](const Args& a, const Args&) {
          const bool mxfp8 = a.On("fp8") && a.Is("fp8_recipe", "mxfp8");
          const bool fits = a.minor() >= 19 ? !(a.On("fp8") && !mxfp8) &&
                                                  !(a.On("fp4") && !a.Is("fp4_recipe", "nvfp4"))
                                            : mxfp8 && !a.On("fp4");
          return a.On("moe_single_grouped_weight") && !fits;
        },
    .why =
        "holds the weights of all experts in one tensor for the FP8 recipe mxfp8, since 0.19 also "
        "for nvfp4 and without FP8",
    .fix = "choose mxfp8 for {fp8_recipe}, or leave {moe_single_grouped_weight} out",
    .valid = "false",
    .source = kConfig,
    .stage = Stage::kBuild,
    .releases = {.since = 18},
    .reach = Reach::kCommandLine,
    .fails = "--moe-single-grouped-weight --fp8-format e4m3 --fp8-recipe tensorwise te:2.14",
    .passes = "--moe-router-topk 4",
};

}  // namespace nam56r::dialect::rules
