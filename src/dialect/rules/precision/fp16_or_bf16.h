#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kFp16OrBf16 = {
    .code = "POLICY1909",
    .title = "Both fp16 and bf16",
    .dests = {"fp16", "bf16"},
    .refuses = [](const Args& a, const Args&) { return a.On("fp16") && a.On("bf16"); },
    .why = "computes in fp16 or in bf16",
    .fix = "keep one of them",
    .valid = "one of the two",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--fp16",
    .passes = "",
};

}  // namespace nam56r::dialect::rules
