#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kHybridContextLoader = {
    .code = "POLICY1064",
    .title = "Hybrid context parallelism with another loader",
    .dests = {"dataloader_type", "hybrid_context_parallel"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("hybrid_context_parallel") && !a.Is("dataloader_type", "single");
        },
    .why = "balances sequences of the loader single only",
    .fix = "choose single for {dataloader_type}",
    .valid = "single",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--hybrid-context-parallel --calculate-per-token-loss --dataloader-type cyclic",
    .passes = "--hybrid-context-parallel --calculate-per-token-loss",
};

}  // namespace nam56r::dialect::rules
