#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kEarlyReleaseNeedsExchange = {
    .code = "POLICY2165",
    .title = "Early release of attention without the overlapped exchange",
    .dests = {"ep_overlap_early_attn_memory_release", "overlap_moe_expert_parallel_comm"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("ep_overlap_early_attn_memory_release") && !ExpertOverlap(a);
        },
    .why = "releases the memory of attention early beside the overlapped expert exchange only",
    .fix = "leave {ep_overlap_early_attn_memory_release} out",
    .valid = "false",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails = "--ep-overlap-early-attn-memory-release",
    .passes =
        "--ep-overlap-early-attn-memory-release --overlap-moe-expert-parallel-comm "
        "--expert-model-parallel-size 8 CUDA_DEVICE_MAX_CONNECTIONS=32",
};

}  // namespace nam56r::dialect::rules
