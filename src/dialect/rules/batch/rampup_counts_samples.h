#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kRampupCountsSamples = {
    .code = "POLICY1104",
    .title = "Batch-size ramp-up in a run that counts steps",
    .dests = {"rampup_batch_size", "train_iters"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("train_iters") && !a.IsNull("rampup_batch_size") &&
                 !(a.minor() >= 17 && a.On("skip_train"));
        },
    .why = "lets the batch grow in runs that count samples only",
    .fix = "leave {rampup_batch_size} out, or count the run by {train_samples}",
    .valid = "not given",
    .source = kValidate,
    .releases = {.until = 17},
    .reach = Reach::kCommandLine,
    .fails = "--rampup-batch-size 32 32 1024",
    .passes = "--rampup-batch-size 32 32 1024 !--train-iters --train-samples 4096",
};

}  // namespace nam56r::dialect::rules
