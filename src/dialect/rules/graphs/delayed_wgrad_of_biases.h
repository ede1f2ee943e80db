#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kDelayedWgradOfBiases = {
    .code = "POLICY1866",
    .title = "Graph of attention with biases and delayed weight gradients",
    .dests = {"delay_wgrad_compute", "add_bias_linear", "add_qkv_bias", "cuda_graph_modules",
              "cuda_graph_scope"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("delay_wgrad_compute") && a.On("overlap_grad_reduce") &&
                 Captures(a, "attn") && (a.On("add_bias_linear") || a.On("add_qkv_bias"));
        },
    .why = "delays the weight gradients of captured attention without biases only",
    .fix = "give --disable-bias-linear, or turn off {delay_wgrad_compute}",
    .valid = "false",
    .source = kValidate,
    .releases = {.since = 17},
    .fails =
        "gpt !--no-gradient-accumulation-fusion --delay-wgrad-compute "
        "--overlap-moe-expert-parallel-comm CUDA_DEVICE_MAX_CONNECTIONS=32 --cuda-graph-impl "
        "transformer_engine --cuda-graph-modules attn --add-qkv-bias",
    .passes =
        "gpt !--no-gradient-accumulation-fusion --delay-wgrad-compute "
        "--overlap-moe-expert-parallel-comm CUDA_DEVICE_MAX_CONNECTIONS=32 --cuda-graph-impl "
        "transformer_engine --cuda-graph-modules attn",
};

}  // namespace nam56r::dialect::rules
