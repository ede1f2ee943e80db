#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kFp8OutputIsMxfp8 = {
    .code = "POLICY1916",
    .title = "Output projection in FP8 by another recipe",
    .dests = {"fp8_output_proj", "fp8", "fp8_recipe"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("fp8_output_proj") && (!a.On("fp8") || !a.Is("fp8_recipe", "mxfp8"));
        },
    .why = "projects to the vocabulary in FP8 with mxfp8 only",
    .fix = "leave {fp8_output_proj} out",
    .valid = "false",
    .source = kConfig,
    .stage = Stage::kBuild,
    .releases = {.since = 18},
    .reach = Reach::kCommandLine,
    .fails = "--mamba-num-heads 64 --fp8-format hybrid --fp8-recipe tensorwise --fp8-output-proj",
    .passes = "sm:10 --mamba-num-heads 64 --fp8-format hybrid --fp8-recipe mxfp8 --fp8-output-proj",
};

}  // namespace nam56r::dialect::rules
