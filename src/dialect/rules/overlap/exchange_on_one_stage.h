#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kExchangeOnOneStage = {
    .code = "POLICY2124",
    .title = "Overlapped expert exchange on one stage",
    .dests = {"overlap_moe_expert_parallel_comm", "pipeline_model_parallel_size"},
    .refuses = [](const Args& a, const Args&) { return ExpertOverlap(a) && Pp(a) == 1; },
    .why =
        "keeps the activations of two micro-batches at once: recorded runs at PP=1 needed 16 GiB "
        "more, ran out of memory and were slower",
    .fix = "turn off {overlap_moe_expert_parallel_comm}",
    .valid = "false",
    .source = "runs p-c1f1b-pp1 and p-ovl-fixed",
    .stage = Stage::kRun,
    .severity = base::Severity::kWarning,
    .fails =
        "gpt --pipeline-model-parallel-size 1 !--num-layers-per-virtual-pipeline-stage "
        "--overlap-moe-expert-parallel-comm CUDA_DEVICE_MAX_CONNECTIONS=32",
    .passes = "gpt --overlap-moe-expert-parallel-comm CUDA_DEVICE_MAX_CONNECTIONS=32",
};

}  // namespace nam56r::dialect::rules
