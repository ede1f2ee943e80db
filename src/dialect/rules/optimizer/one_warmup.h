#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/schedule_units.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOneWarmup = {
    .code = "POLICY2065",
    .title = "Warmup as a fraction and as a count",
    .dests = {"lr_warmup_fraction", "lr_warmup_iters", "lr_warmup_samples"},
    .refuses =
        [](const Args& a, const Args&) {
          return !a.IsNull("lr_warmup_fraction") &&
                 ((CountsSteps(a) && a.On("lr_warmup_iters")) ||
                  (CountsSamples(a) && a.On("lr_warmup_samples")));
        },
    .why = "takes the warmup as a fraction of the decay or as a count",
    .fix = "keep one of them",
    .valid = "not given",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--lr-warmup-fraction 0.1 --lr-warmup-iters 2",
    .passes = "--lr-warmup-iters 2",
};

}  // namespace nam56r::dialect::rules
