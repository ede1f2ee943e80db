#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOneWayToHideDispatch = {
    .code = "POLICY2121",
    .title = "Two ways to hide the dispatch of the backward pass",
    .dests = {"overlap_dispatch_backward_with_experts_wgrad", "overlap_moe_expert_parallel_comm",
              "delay_wgrad_compute"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("overlap_dispatch_backward_with_experts_wgrad") &&
                 (ExpertOverlap(a) || a.On("delay_wgrad_compute"));
        },
    .why =
        "hides the dispatch of the backward pass behind the weight gradients or behind another "
        "micro-batch",
    .fix = "leave {overlap_dispatch_backward_with_experts_wgrad} out",
    .valid = "false",
    .source = kConfig,
    .stage = Stage::kBuild,
    .releases = {.since = 18},
    .reach = Reach::kCommandLine,
    .fails =
        "gpt --overlap-moe-expert-parallel-comm CUDA_DEVICE_MAX_CONNECTIONS=32 "
        "--overlap-dispatch-backward-with-experts-wgrad",
    .passes = "--overlap-dispatch-backward-with-experts-wgrad",
};

}  // namespace nam56r::dialect::rules
