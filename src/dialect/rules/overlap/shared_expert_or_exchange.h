#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kSharedExpertOrExchange = {
    .code = "POLICY2106",
    .title = "Overlap of the shared expert and of the exchange",
    .dests = {"moe_shared_expert_overlap", "overlap_moe_expert_parallel_comm"},
    .refuses = [](const Args& a,
                  const Args&) { return ExpertOverlap(a) && a.On("moe_shared_expert_overlap"); },
    .why = "overlaps the shared expert or the expert exchange, not both",
    .fix = "turn off {moe_shared_expert_overlap}",
    .valid = "false",
    .source = kConfig,
    .stage = Stage::kBuild,
    .fails =
        "gpt --overlap-moe-expert-parallel-comm CUDA_DEVICE_MAX_CONNECTIONS=32 "
        "--moe-shared-expert-overlap",
    .passes = "gpt --overlap-moe-expert-parallel-comm CUDA_DEVICE_MAX_CONNECTIONS=32",
};

}  // namespace nam56r::dialect::rules
