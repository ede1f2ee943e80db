#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kFp16Loss = {
    .code = "POLICY1912",
    .title = "Loss in fp16 of a run that is not",
    .dests = {"fp16_lm_cross_entropy", "fp16"},
    .refuses = [](const Args& a,
                  const Args&) { return a.On("fp16_lm_cross_entropy") && !a.On("fp16"); },
    .why = "computes the loss in fp16 in fp16 runs only",
    .fix = "leave it out",
    .valid = "false",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--fp16-lm-cross-entropy",
    .passes = "",
};

}  // namespace nam56r::dialect::rules
