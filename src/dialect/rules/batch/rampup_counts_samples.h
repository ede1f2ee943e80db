#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kRampupCountsSamples = {
    .code = "POLICY1104",
    .dests = {"rampup_batch_size", "train_iters"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("train_iters") && !a.IsNull("rampup_batch_size") &&
                 !(a.minor() >= 17 && a.On("skip_train"));
        },
    .why = "lets the batch grow in runs that count samples only",
    .fix = "leave {rampup_batch_size} out",
    .valid = "not given",
    .source = kValidate,
    .releases = {.until = 17},
    .reach = Reach::kCommandLine,
};

}  // namespace nam56r::dialect::rules
