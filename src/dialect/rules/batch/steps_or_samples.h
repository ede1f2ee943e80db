#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kStepsOrSamples = {
    .code = "POLICY1103",
    .dests = {"train_iters", "train_samples"},
    .refuses = [](const Args& a,
                  const Args&) { return a.On("train_iters") && !a.IsNull("train_samples"); },
    .why = "counts a run in steps or in samples",
    .fix = "keep one of them",
    .valid = "one of the two",
    .source = kValidate,
    .reach = Reach::kCommandLine,
};

}  // namespace nam56r::dialect::rules
