#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/reinforcement.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kSkippedTrainingHasNoOptimizer = {
    .code = "POLICY2726",
    .title = "Optimizer to move that is not made",
    .dests = {"rl_offload_optimizer_during_inference", "skip_train", "no_load_optim"},
    .refuses =
        [](const Args& a, const Args& raw) {
          return Reinforces(a) && a.On("skip_train") && raw.On("no_load_optim") &&
                 a.On("rl_offload_optimizer_during_inference");
        },
    .why = "makes no optimizer under --skip-train and --no-load-optim, and is asked to move it",
    .fix = "leave {rl_offload_optimizer_during_inference} out",
    .valid = "false",
    .source = kValidate,
    .releases = {.since = 17},
    .reach = Reach::kCommandLine,
    .fails =
        "--perform-rl-step --skip-train --no-load-optim --rl-offload-optimizer-during-inference",
    .passes = "--perform-rl-step --skip-train --no-load-optim",
};

}  // namespace nam56r::dialect::rules
