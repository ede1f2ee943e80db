#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kAverageAndTokenLoss = {
    .code = "POLICY2126",
    .title = "Average in the collective and loss by token",
    .dests = {"ddp_average_in_collective", "calculate_per_token_loss"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("ddp_average_in_collective") && a.On("calculate_per_token_loss");
        },
    .why = "averages gradients over ranks in the collective, or over tokens after it",
    .fix = "leave {ddp_average_in_collective} out",
    .valid = "false",
    .source = "distributed_data_parallel.py:DistributedDataParallel.__init__",
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails = "--ddp-average-in-collective --calculate-per-token-loss",
    .passes = "--ddp-average-in-collective",
};

}  // namespace nam56r::dialect::rules
