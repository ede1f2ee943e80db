#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kDelayedWgradNeedsExchange = {
    .code = "POLICY2115",
    .title = "Delayed weight gradients without an exchange to hide",
    .dests = {"delay_wgrad_compute", "overlap_moe_expert_parallel_comm"},
    .refuses = [](const Args& a,
                  const Args&) { return a.On("delay_wgrad_compute") && !ExpertOverlap(a); },
    .why = "delays weight gradients behind the overlapped expert exchange only",
    .fix = "turn on {overlap_moe_expert_parallel_comm}, or turn off {delay_wgrad_compute}",
    .valid = "false",
    .source = kConfig,
    .stage = Stage::kBuild,
    .fails = "--delay-wgrad-compute",
    .passes =
        "gpt --overlap-moe-expert-parallel-comm CUDA_DEVICE_MAX_CONNECTIONS=32 "
        "--delay-wgrad-compute",
};

}  // namespace nam56r::dialect::rules
