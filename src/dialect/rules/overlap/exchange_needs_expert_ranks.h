#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kExchangeNeedsExpertRanks = {
    .code = "POLICY2107",
    .title = "Overlapped expert exchange of one EP rank",
    .dests = {"overlap_moe_expert_parallel_comm", "expert_model_parallel_size"},
    .refuses =
        [](const Args& a, const Args&) {
          return ExpertOverlap(a) && a.Int("expert_model_parallel_size", 1) <= 1;
        },
    .why = "overlaps the exchange between EP ranks, and there is one",
    .fix =
        "set {expert_model_parallel_size} above 1, or turn off "
        "{overlap_moe_expert_parallel_comm}",
    .valid = "false",
    .source = kConfig,
    .stage = Stage::kBuild,
    .fails =
        "gpt --overlap-moe-expert-parallel-comm CUDA_DEVICE_MAX_CONNECTIONS=32 "
        "--expert-model-parallel-size 1",
    .passes = "gpt --overlap-moe-expert-parallel-comm CUDA_DEVICE_MAX_CONNECTIONS=32",
};

}  // namespace nam56r::dialect::rules
