#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kDelayedWgradInGraph = {
    .code = "POLICY1816",
    .title = "Delayed weight gradients inside a graph",
    .dests = {"delay_wgrad_compute", "gradient_accumulation_fusion", "cuda_graph_modules",
              "cuda_graph_scope"},
    .refuses =
        [](const Args& a, const Args&) {
          return DelayedWgradInGraph(a) && !a.On("gradient_accumulation_fusion");
        },
    .why =
        "delays weight gradients inside a graph with fused accumulation only, because the "
        "others move in memory",
    .fix = "turn on {gradient_accumulation_fusion}, or turn off {delay_wgrad_compute}",
    .valid = "false",
    .source = kValidate,
    .releases = {.since = 17},
    .fails =
        "gpt --overlap-moe-expert-parallel-comm CUDA_DEVICE_MAX_CONNECTIONS=32 "
        "--delay-wgrad-compute --cuda-graph-impl transformer_engine --cuda-graph-modules attn",
    .passes =
        "gpt --overlap-moe-expert-parallel-comm CUDA_DEVICE_MAX_CONNECTIONS=32 --cuda-graph-impl "
        "transformer_engine --cuda-graph-modules attn",
};

}  // namespace nam56r::dialect::rules
