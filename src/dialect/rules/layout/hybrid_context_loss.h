#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kHybridContextLoss = {
    .code = "POLICY1065",
    .title = "Hybrid context parallelism with a loss that is not by token",
    .dests = {"hybrid_context_parallel", "calculate_per_token_loss"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("hybrid_context_parallel") && !a.On("calculate_per_token_loss");
        },
    .why = "gives ranks different numbers of tokens, whose loss must be counted by token",
    .fix = "give {calculate_per_token_loss}",
    .valid = "false",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--hybrid-context-parallel",
    .passes = "--hybrid-context-parallel --calculate-per-token-loss",
};

}  // namespace nam56r::dialect::rules
