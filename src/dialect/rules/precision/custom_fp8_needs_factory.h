#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kCustomFp8NeedsFactory = {
    .code = "POLICY1914",
    .title = "Custom FP8 recipe without its factory",
    .dests = {"fp8_recipe", "fp8_quantizer_factory", "fp8"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("fp8") && a.Is("fp8_recipe", "custom") && !a.On("fp8_quantizer_factory");
        },
    .why = "makes the quantizers of a custom recipe with --fp8-quantizer-factory",
    .fix = "give {fp8_quantizer_factory}",
    .valid = "tensorwise|delayed|mxfp8|blockwise",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails = "--mamba-num-heads 64 --fp8-format hybrid --fp8-recipe custom",
    .passes =
        "--mamba-num-heads 64 --fp8-format hybrid --fp8-recipe custom --fp8-quantizer-factory "
        "package.module.factory",
};

}  // namespace nam56r::dialect::rules
