#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/schedule_units.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kDecayCountsLikeTraining = {
    .code = "POLICY2063",
    .title = "Decay that counts other units than training",
    .dests = {"lr_decay_samples", "lr_decay_iters", "train_iters", "train_samples"},
    .refuses =
        [](const Args& a, const Args& raw) {
          return (CountsSteps(a) && !a.IsNull("lr_decay_samples")) ||
                 (CountsSamples(a) && !raw.IsNull("lr_decay_iters"));
        },
    .why = "counts decay and training in the same unit",
    .fix =
        "count the decay in steps (--lr-decay-iters) when training is, in samples when training is",
    .valid = "not given",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--lr-decay-samples 1000",
    .passes = "--lr-decay-iters 20",
};

}  // namespace nam56r::dialect::rules
