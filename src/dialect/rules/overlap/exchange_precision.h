#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kExchangePrecision = {
    .code = "POLICY2111",
    .title = "Overlapped expert exchange in fp32",
    .dests = {"overlap_moe_expert_parallel_comm", "bf16"},
    .refuses = [](const Args& a,
                  const Args&) { return ExpertOverlap(a) && !a.On("bf16") && !a.On("fp16"); },
    .why = "overlaps the expert exchange in bf16 and fp16 only",
    .fix = "turn off {overlap_moe_expert_parallel_comm}",
    .valid = "false",
    .source = kConfig,
    .stage = Stage::kBuild,
    .fails = "gpt --overlap-moe-expert-parallel-comm CUDA_DEVICE_MAX_CONNECTIONS=32 !--bf16",
    .passes = "gpt --overlap-moe-expert-parallel-comm CUDA_DEVICE_MAX_CONNECTIONS=32",
};

}  // namespace nam56r::dialect::rules
