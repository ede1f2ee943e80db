#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/schedule_units.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kWarmupCountsLikeTraining = {
    .code = "POLICY2064",
    .title = "Warmup that counts other units than training",
    .dests = {"lr_warmup_samples", "lr_warmup_iters", "train_iters", "train_samples"},
    .refuses =
        [](const Args& a, const Args&) {
          return (CountsSteps(a) && a.On("lr_warmup_samples")) ||
                 (CountsSamples(a) && a.On("lr_warmup_iters"));
        },
    .why = "counts warmup and training in the same unit",
    .fix =
        "count the warmup in steps (--lr-warmup-iters) when training is, in samples when training "
        "is",
    .valid = "0",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--lr-warmup-samples 64",
    .passes = "--lr-warmup-iters 2",
};

}  // namespace nam56r::dialect::rules
