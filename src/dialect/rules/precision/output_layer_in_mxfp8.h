#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOutputLayerInMxfp8 = {
    .code = "POLICY1963",
    .title = "Output layer in FP8 under another recipe",
    .dests = {"fp8_output_proj", "fp8", "fp8_recipe"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("fp8_output_proj") && !(a.On("fp8") && a.Is("fp8_recipe", "mxfp8"));
        },
    .why = "computes the output layer in FP8 of the recipe mxfp8 only",
    .fix = "leave {fp8_output_proj} out",
    .valid = "false",
    .source = kConfig,
    .stage = Stage::kBuild,
    .releases = {.since = 18},
    .reach = Reach::kCommandLine,
    .fails = "--fp8-output-proj",
    .passes = "--fp8-output-proj --fp8-format e4m3 --fp8-recipe mxfp8 sm:10",
};

}  // namespace nam56r::dialect::rules
