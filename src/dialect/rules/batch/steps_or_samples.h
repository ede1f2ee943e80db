#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kStepsOrSamples = {
    .code = "POLICY1103",
    .title = "A run counted in steps and in samples",
    .dests = {"train_iters", "train_samples"},
    .refuses = [](const Args& a,
                  const Args&) { return a.On("train_iters") && !a.IsNull("train_samples"); },
    .why = "counts a run in steps or in samples",
    .fix = "leave {train_iters} or {train_samples} out",
    .valid = "not given",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--train-samples 1280",
    .passes = "--train-samples 1280 !--train-iters",
};

}  // namespace nam56r::dialect::rules
