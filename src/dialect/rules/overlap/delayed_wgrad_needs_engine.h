#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kDelayedWgradNeedsEngine = {
    .code = "POLICY2160",
    .title = "Delayed weight gradients without Transformer Engine",
    .dests = {"delay_wgrad_compute", "transformer_impl"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("delay_wgrad_compute") && !a.Is("transformer_impl", "transformer_engine");
        },
    .why = "delays weight gradients of Transformer Engine's layers only",
    .fix = "choose transformer_engine for {transformer_impl}",
    .valid = "false",
    .source = kValidate,
    .fails =
        "--delay-wgrad-compute --overlap-moe-expert-parallel-comm --expert-model-parallel-size 8 "
        "CUDA_DEVICE_MAX_CONNECTIONS=32 --transformer-impl local",
    .passes =
        "--delay-wgrad-compute --overlap-moe-expert-parallel-comm --expert-model-parallel-size 8 "
        "CUDA_DEVICE_MAX_CONNECTIONS=32",
};

}  // namespace nam56r::dialect::rules
