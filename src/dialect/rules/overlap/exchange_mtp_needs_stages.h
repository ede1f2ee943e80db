#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kExchangeMtpNeedsStages = {
    .code = "POLICY2113",
    .title = "Overlapped expert exchange beside MTP on one stage",
    .dests = {"overlap_moe_expert_parallel_comm", "mtp_num_layers", "pipeline_model_parallel_size"},
    .refuses =
        [](const Args& a, const Args&) {
          return ExpertOverlap(a) && a.Int("mtp_num_layers") == 1 &&
                 a.Int("pipeline_model_parallel_size", 1) <= 1;
        },
    .why = "overlaps the expert exchange beside MTP with two stages and more only",
    .fix = "set {pipeline_model_parallel_size} above 1, or {mtp_num_layers} to 0",
    .valid = "false",
    .source = kConfig,
    .stage = Stage::kBuild,
    .releases = {.until = 17},
    .fails =
        "gpt --pipeline-model-parallel-size 1 !--num-layers-per-virtual-pipeline-stage "
        "--overlap-moe-expert-parallel-comm --mtp-num-layers 1",
    .passes =
        "gpt --overlap-moe-expert-parallel-comm CUDA_DEVICE_MAX_CONNECTIONS=32 --mtp-num-layers 1",
};

}  // namespace nam56r::dialect::rules
