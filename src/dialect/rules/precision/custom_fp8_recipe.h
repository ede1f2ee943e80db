#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kCustomFp8Recipe = {
    .code = "POLICY1961",
    .title = "FP8 recipe of its own without its quantizers",
    .dests = {"fp8_recipe", "fp8_quantizer_factory", "fp8"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("fp8") && a.Is("fp8_recipe", "custom") && !a.On("fp8_quantizer_factory");
        },
    .why = "takes the quantizers of the recipe custom from a function that it is not told",
    .fix = "give {fp8_quantizer_factory}",
    .valid = "delayed|tensorwise|mxfp8|blockwise",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails = "--fp8-format e4m3 --fp8-recipe custom",
    .passes = "--fp8-format e4m3 --fp8-recipe tensorwise",
};

}  // namespace nam56r::dialect::rules
