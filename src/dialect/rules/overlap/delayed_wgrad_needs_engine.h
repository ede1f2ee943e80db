#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kDelayedWgradNeedsEngine = {
    .code = "POLICY2122",
    .title = "Delayed weight gradients without Transformer Engine",
    .dests = {"delay_wgrad_compute", "transformer_impl"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("delay_wgrad_compute") && !a.Is("transformer_impl", "transformer_engine");
        },
    .why = "delays weight gradients in Transformer Engine's layers only",
    .fix = "choose transformer_engine for {transformer_impl}",
    .valid = "false",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails =
        "gpt --overlap-moe-expert-parallel-comm CUDA_DEVICE_MAX_CONNECTIONS=32 "
        "--delay-wgrad-compute --transformer-impl local",
    .passes =
        "gpt --overlap-moe-expert-parallel-comm CUDA_DEVICE_MAX_CONNECTIONS=32 "
        "--delay-wgrad-compute",
};

}  // namespace nam56r::dialect::rules
