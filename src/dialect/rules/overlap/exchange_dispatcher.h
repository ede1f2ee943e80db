#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kExchangeDispatcher = {
    .code = "POLICY2109",
    .title = "Overlapped expert exchange of the allgather dispatcher",
    .dests = {"overlap_moe_expert_parallel_comm", "moe_token_dispatcher_type"},
    .refuses =
        [](const Args& a, const Args&) {
          return ExpertOverlap(a) && a.Is("moe_token_dispatcher_type", "allgather");
        },
    .why = "overlaps the expert exchange of alltoall and flex",
    .fix = "choose alltoall for {moe_token_dispatcher_type}",
    .valid = "false",
    .source = kConfig,
    .stage = Stage::kBuild,
    .fails =
        "gpt --overlap-moe-expert-parallel-comm CUDA_DEVICE_MAX_CONNECTIONS=32 "
        "--moe-token-dispatcher-type allgather",
    .passes = "gpt --overlap-moe-expert-parallel-comm CUDA_DEVICE_MAX_CONNECTIONS=32",
};

}  // namespace nam56r::dialect::rules
