#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kArchitectureIsNotKnown = {
    .code = "HOST2513",
    .title = "Number format that the GPUs must have",
    .dests = {"fp8_recipe", "fp8", "fp4"},
    .refuses =
        [](const Args& a, const Args&) {
          return !a.surroundings().knows_architecture &&
                 ((a.On("fp8") && a.Is("fp8_recipe", "mxfp8")) ||
                  (a.On("fp4") && a.Is("fp4_recipe", "nvfp4")));
        },
    .why =
        "computes in MXFP8 and NVFP4 on GPUs of compute capability 10 only, and nothing is known "
        "of those of the host",
    .fix = "give a host file, or probe the host",
    .valid = "GPUs of compute capability 10",
    .source = "transformer_engine: check_mxfp8_support",
    .stage = Stage::kRun,
    .severity = base::Severity::kNote,
    .reach = Reach::kCommandLine,
    .fails = "!sm --mamba-num-heads 64 --fp8-format hybrid --fp8-recipe mxfp8",
    .passes = "sm:10 --mamba-num-heads 64 --fp8-format hybrid --fp8-recipe mxfp8",
};

}  // namespace nam56r::dialect::rules
