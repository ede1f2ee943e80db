#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kComputesInFp32 = {
    .code = "POLICY1923",
    .title = "Run in FP32",
    .dests = {"bf16", "fp16"},
    .refuses = [](const Args& a,
                  const Args&) { return !a.On("bf16") && !a.On("fp16") && a.Given("train_iters"); },
    .why =
        "trains in FP32 unless --bf16 or --fp16 is given, at a fraction of the speed and twice the "
        "memory",
    .fix = "give --bf16",
    .valid = "true",
    .source = kValidate,
    .stage = Stage::kRun,
    .severity = base::Severity::kWarning,
    .reach = Reach::kCommandLine,
    .fails = "!--bf16",
    .passes = "",
};

}  // namespace nam56r::dialect::rules
