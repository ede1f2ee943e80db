#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kFp8OrFp4 = {
    .code = "POLICY1908",
    .title = "Both FP8 and FP4",
    .dests = {"fp8", "fp4"},
    .refuses = [](const Args& a, const Args&) { return a.On("fp8") && a.On("fp4"); },
    .why = "computes in FP8 or in FP4",
    .fix = "keep one of them",
    .valid = "one of the two",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--mamba-num-heads 64 --fp8-format hybrid --fp8-recipe tensorwise --fp4-format e2m1",
    .passes = "--mamba-num-heads 64 --fp8-format hybrid --fp8-recipe tensorwise",
};

}  // namespace nam56r::dialect::rules
