#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kPhasesDoNotRamp = {
    .code = "POLICY1161",
    .title = "Phases in a run whose batch grows",
    .dests = {"phase_transition_iterations", "rampup_batch_size"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("phase_transition_iterations") && !a.IsNull("rampup_batch_size");
        },
    .why = "has phases or a batch that grows",
    .fix = "keep one of them",
    .valid = "not given",
    .source = kValidate,
    .releases = {.until = 17},
    .reach = Reach::kCommandLine,
    .fails =
        "!--train-iters --train-samples 1280 --phase-transition-iterations 5 --rampup-batch-size "
        "32 32 640",
    .passes = "--phase-transition-iterations 5",
};

}  // namespace nam56r::dialect::rules
