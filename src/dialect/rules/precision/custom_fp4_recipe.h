#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kCustomFp4Recipe = {
    .code = "POLICY1962",
    .title = "FP4 recipe of its own without its quantizers",
    .dests = {"fp4_recipe", "fp4_quantizer_factory", "fp4"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("fp4") && a.Is("fp4_recipe", "custom") && !a.On("fp4_quantizer_factory");
        },
    .why = "takes the quantizers of the recipe custom from a function that it is not told",
    .fix = "give {fp4_quantizer_factory}",
    .valid = "nvfp4",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails = "--fp4-format e2m1 --fp4-recipe custom sm:10",
    .passes = "--fp4-format e2m1 sm:10",
};

}  // namespace nam56r::dialect::rules
