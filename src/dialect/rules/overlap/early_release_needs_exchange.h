#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kEarlyReleaseNeedsExchange = {
    .code = "POLICY2120",
    .title = "Early release of attention without the overlapped exchange",
    .dests = {"ep_overlap_early_attn_memory_release", "overlap_moe_expert_parallel_comm"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("ep_overlap_early_attn_memory_release") && !ExpertOverlap(a);
        },
    .why = "releases the memory of attention early in the overlapped expert exchange only",
    .fix = "leave {ep_overlap_early_attn_memory_release} out",
    .valid = "false",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails = "--ep-overlap-early-attn-memory-release",
    .passes =
        "gpt --overlap-moe-expert-parallel-comm CUDA_DEVICE_MAX_CONNECTIONS=32 "
        "--ep-overlap-early-attn-memory-release",
};

}  // namespace nam56r::dialect::rules
