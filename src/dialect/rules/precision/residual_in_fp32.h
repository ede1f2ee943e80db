#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kResidualInFp32 = {
    .code = "POLICY1911",
    .title = "Residual in fp32 of a run that is in fp32",
    .dests = {"fp32_residual_connection", "bf16"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("fp32_residual_connection") && !a.On("bf16") && !a.On("fp16");
        },
    .why = "keeps the residual in fp32 in bf16 and fp16 runs only",
    .fix = "give --bf16",
    .valid = "false",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "!--bf16 --fp32-residual-connection",
    .passes = "--fp32-residual-connection",
};

}  // namespace nam56r::dialect::rules
