#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kExchangeOneMtpDepth = {
    .code = "POLICY2112",
    .title = "Overlapped expert exchange beside several MTP depths",
    .dests = {"overlap_moe_expert_parallel_comm", "mtp_num_layers"},
    .refuses =
        [](const Args& a, const Args&) {
          const std::int64_t depth = a.Int("mtp_num_layers");
          const bool zero = !a.IsNull("mtp_num_layers") && depth == 0 && a.minor() < 19;
          return ExpertOverlap(a) && (depth > 1 || zero);
        },
    .why = "overlaps the expert exchange with one MTP depth at most",
    .fix = "set {mtp_num_layers} to 1, or turn off {overlap_moe_expert_parallel_comm}",
    .valid = "false",
    .source = kConfig,
    .stage = Stage::kBuild,
    .fails = "gpt --overlap-moe-expert-parallel-comm --mtp-num-layers 2",
    .passes =
        "gpt --overlap-moe-expert-parallel-comm CUDA_DEVICE_MAX_CONNECTIONS=32 --mtp-num-layers 1",
};

}  // namespace nam56r::dialect::rules
