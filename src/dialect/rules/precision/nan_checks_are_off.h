#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kNanChecksAreOff = {
    .code = "POLICY1919",
    .title = "Checks for NaN that are off",
    .dests = {"check_for_nan_in_loss_and_grad"},
    .refuses =
        [](const Args& a, const Args&) {
          return !a.On("check_for_nan_in_loss_and_grad") && !FullIteration(a) && !a.On("fp16") &&
                 !a.On("fake_process_group");
        },
    .why = "trains on when the loss or a gradient is NaN: a recorded run did for 76 iterations",
    .fix = "take --no-check-for-nan-in-loss-and-grad away",
    .valid = "true",
    .source = "training.py:train_step; run nan-HEAD-pp2",
    .stage = Stage::kRun,
    .severity = base::Severity::kWarning,
    .fails = "--no-check-for-nan-in-loss-and-grad",
    .passes = "",
};

}  // namespace nam56r::dialect::rules
