#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kHybridContextAndMla = {
    .code = "POLICY1331",
    .title = "Context parallelism by sequence length in MLA",
    .dests = {"hybrid_context_parallel", "multi_latent_attention"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("hybrid_context_parallel") && a.On("multi_latent_attention");
        },
    .why = "does not share sequences by their length in MLA",
    .fix = "turn off {hybrid_context_parallel}",
    .valid = "false",
    .source = "multi_latent_attention.py:MLASelfAttention.get_query_key_value_tensors",
    .stage = Stage::kRun,
    .reach = Reach::kCommandLine,
    .fails = "--hybrid-context-parallel --calculate-per-token-loss",
    .passes = "",
};

}  // namespace nam56r::dialect::rules
