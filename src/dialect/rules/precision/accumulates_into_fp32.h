#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kAccumulatesIntoFp32 = {
    .code = "POLICY1910",
    .title = "Gradients accumulated in fp32 and kept in bf16",
    .dests = {"accumulate_allreduce_grads_in_fp32", "main_grads_dtype"},
    .refuses =
        [](const Args& a, const Args& raw) {
          return raw.On("accumulate_allreduce_grads_in_fp32") && a.On("bf16") &&
                 !a.Is("main_grads_dtype", "fp32");
        },
    .why = "accumulates gradients in fp32 into fp32 only",
    .fix = "keep one of them",
    .valid = "false",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails =
        "--accumulate-allreduce-grads-in-fp32 --use-precision-aware-optimizer --main-grads-dtype "
        "bf16",
    .passes = "--accumulate-allreduce-grads-in-fp32",
};

}  // namespace nam56r::dialect::rules
