#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kReduceInBf16NeedsBf16 = {
    .code = "POLICY1904",
    .title = "Gradients reduced in bf16 of a run that is not",
    .dests = {"grad_reduce_in_bf16", "bf16"},
    .refuses = [](const Args& a,
                  const Args&) { return a.On("grad_reduce_in_bf16") && !a.On("bf16"); },
    .why = "reads --grad-reduce-in-bf16 in bf16 runs only",
    .fix = "turn off {grad_reduce_in_bf16}",
    .valid = "false",
    .source = kValidate,
    .stage = Stage::kRun,
    .reach = Reach::kContract,
    .fails = "!--bf16 --grad-reduce-in-bf16",
    .passes = "",
};

}  // namespace nam56r::dialect::rules
