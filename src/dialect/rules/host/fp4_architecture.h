#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kFp4Architecture = {
    .code = "HOST2511",
    .title = "FP4 on GPUs that have none",
    .dests = {"fp4"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("fp4") && a.Is("fp4_recipe", "nvfp4") &&
                 a.surroundings().knows_architecture && a.surroundings().architecture < 10;
        },
    .why = "computes in NVFP4 on GPUs of compute capability 10 and above",
    .fix = "leave --fp4-format out",
    .valid = "not given",
    .source = "transformer_engine: check_nvfp4_support",
    .stage = Stage::kRun,
    .reach = Reach::kCommandLine,
    .fails = "--mamba-num-heads 64 --fp4-format e2m1",
    .passes = "sm:10 --mamba-num-heads 64 --fp4-format e2m1",
};

}  // namespace nam56r::dialect::rules
