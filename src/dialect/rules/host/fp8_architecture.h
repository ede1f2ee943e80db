#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kFp8Architecture = {
    .code = "HOST2512",
    .title = "FP8 on GPUs that have none",
    .dests = {"fp8"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("fp8") && a.surroundings().knows_architecture &&
                 a.surroundings().architecture < 9;
        },
    .why = "computes in FP8 on GPUs of compute capability 9 and above",
    .fix = "turn FP8 off",
    .valid = "bf16",
    .source = "transformer_engine: check_fp8_support",
    .stage = Stage::kRun,
    .fails = "sm:8 --mamba-num-heads 64 --fp8-format hybrid --fp8-recipe tensorwise",
    .passes = "--mamba-num-heads 64 --fp8-format hybrid --fp8-recipe tensorwise",
};

}  // namespace nam56r::dialect::rules
