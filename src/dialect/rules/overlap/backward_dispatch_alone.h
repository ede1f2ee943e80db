#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kBackwardDispatchAlone = {
    .code = "POLICY2163",
    .title = "Weight gradients behind the dispatch and behind the exchange",
    .dests = {"overlap_dispatch_backward_with_experts_wgrad", "overlap_moe_expert_parallel_comm",
              "delay_wgrad_compute"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("overlap_dispatch_backward_with_experts_wgrad") &&
                 (ExpertOverlap(a) || a.On("delay_wgrad_compute"));
        },
    .why =
        "hides weight gradients of experts behind the backward dispatch, or behind the overlapped "
        "exchange",
    .fix = "keep one of them",
    .valid = "false",
    .source = kConfig,
    .stage = Stage::kBuild,
    .releases = {.since = 18},
    .reach = Reach::kCommandLine,
    .fails =
        "--overlap-dispatch-backward-with-experts-wgrad --overlap-moe-expert-parallel-comm "
        "--expert-model-parallel-size 8 CUDA_DEVICE_MAX_CONNECTIONS=32",
    .passes = "--overlap-dispatch-backward-with-experts-wgrad --expert-model-parallel-size 8",
};

}  // namespace nam56r::dialect::rules
