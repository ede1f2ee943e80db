#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kCustomFp4NeedsFactory = {
    .code = "POLICY1915",
    .title = "Custom FP4 recipe without its factory",
    .dests = {"fp4_recipe", "fp4_quantizer_factory", "fp4"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("fp4") && a.Is("fp4_recipe", "custom") && !a.On("fp4_quantizer_factory");
        },
    .why = "makes the quantizers of a custom recipe with --fp4-quantizer-factory",
    .fix = "give {fp4_quantizer_factory}",
    .valid = "nvfp4",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails = "--mamba-num-heads 64 --fp4-format e2m1 --fp4-recipe custom",
    .passes =
        "--mamba-num-heads 64 --fp4-format e2m1 --fp4-recipe custom --fp4-quantizer-factory "
        "package.module.factory",
};

}  // namespace nam56r::dialect::rules
