#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kExchangeAndRecompute = {
    .code = "POLICY2110",
    .title = "Overlapped expert exchange that is recomputed",
    .dests = {"overlap_moe_expert_parallel_comm", "recompute_granularity", "recompute_modules"},
    .refuses =
        [](const Args& a, const Args&) {
          const bool layers = a.Is("recompute_granularity", "full") ||
                              !a.IsNull("recompute_method") || !a.IsNull("recompute_num_layers");
          return ExpertOverlap(a) &&
                 (layers || (a.minor() >= 17 && a.Lists("recompute_modules", "moe")));
        },
    .why = "overlaps no exchange that is recomputed",
    .fix = "choose selective for {recompute_granularity}, without moe",
    .valid = "false",
    .source = kConfig,
    .stage = Stage::kBuild,
    .fails =
        "gpt --overlap-moe-expert-parallel-comm CUDA_DEVICE_MAX_CONNECTIONS=32 "
        "--recompute-granularity full --recompute-method uniform --recompute-num-layers 1",
    .passes =
        "gpt --overlap-moe-expert-parallel-comm CUDA_DEVICE_MAX_CONNECTIONS=32 "
        "--recompute-granularity selective --recompute-modules moe_act",
};

}  // namespace nam56r::dialect::rules
