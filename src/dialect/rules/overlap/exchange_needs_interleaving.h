#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kExchangeNeedsInterleaving = {
    .code = "POLICY2108",
    .title = "Overlapped expert exchange between stages that are not interleaved",
    .dests = {"overlap_moe_expert_parallel_comm", "num_virtual_stages_per_pipeline_rank",
              "pipeline_model_parallel_size"},
    .refuses =
        [](const Args& a, const Args&) {
          return ExpertOverlap(a) && a.Int("pipeline_model_parallel_size", 1) > 1 &&
                 VirtualStages(a) == 1;
        },
    .why = "overlaps the expert exchange between stages in the interleaved schedule only",
    .fix =
        "set {num_virtual_stages_per_pipeline_rank} above 1, or turn off "
        "{overlap_moe_expert_parallel_comm}",
    .valid = "false",
    .source = kConfig,
    .stage = Stage::kBuild,
    .fails = "gpt !--num-layers-per-virtual-pipeline-stage --overlap-moe-expert-parallel-comm",
    .passes = "gpt --overlap-moe-expert-parallel-comm CUDA_DEVICE_MAX_CONNECTIONS=32",
};

}  // namespace nam56r::dialect::rules
