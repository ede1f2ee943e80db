#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kExchangeNeedsManyQueues = {
    .code = "POLICY2308",
    .title = "Overlapped expert exchange on one hardware queue",
    .dests = {"env:CUDA_DEVICE_MAX_CONNECTIONS", "overlap_moe_expert_parallel_comm"},
    .refuses = [](const Args& a, const Args&) { return ExpertOverlap(a) && OneConnection(a); },
    .why =
        "puts the exchange and the computation it should overlap into one hardware queue, in which "
        "they wait for each other",
    .fix = "set CUDA_DEVICE_MAX_CONNECTIONS to 32",
    .valid = "CUDA_DEVICE_MAX_CONNECTIONS = \"32\"",
    .source = kValidate,
    .stage = Stage::kRun,
    .severity = base::Severity::kWarning,
    .fails = "gpt --overlap-moe-expert-parallel-comm",
    .passes = "gpt --overlap-moe-expert-parallel-comm CUDA_DEVICE_MAX_CONNECTIONS=32",
};

}  // namespace nam56r::dialect::rules
