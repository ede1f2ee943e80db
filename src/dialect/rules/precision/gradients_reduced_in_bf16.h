#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kGradientsReducedInBf16 = {
    .code = "POLICY1922",
    .title = "Gradients summed in BF16",
    .dests = {"grad_reduce_in_bf16", "use_precision_aware_optimizer"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("bf16") && a.On("grad_reduce_in_bf16") && DataParallel(a) > 1;
        },
    .why =
        "sums gradients over data-parallel ranks in BF16, which drops what is 256 times smaller "
        "than the sum",
    .fix = "leave {grad_reduce_in_bf16} out",
    .valid = "false",
    .source = "training.py:get_model",
    .stage = Stage::kRun,
    .severity = base::Severity::kNote,
    .fails = "--grad-reduce-in-bf16",
    .passes = "",
};

}  // namespace nam56r::dialect::rules
