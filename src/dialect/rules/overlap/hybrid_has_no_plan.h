#pragma once

#include "src/dialect/rules/execution_facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kHybridHasNoPlan = {
    .code = "POLICY2123",
    .title = "Overlapped expert exchange of a hybrid model",
    .dests = {"overlap_moe_expert_parallel_comm", "hybrid_layer_pattern",
              "hybrid_override_pattern"},
    .refuses =
        [](const Args& a, const Args&) {
          return ExpertOverlap(a) && !LayerPattern(a).empty() && MegatronMixer(a);
        },
    .why =
        "overlaps the exchange by a schedule plan that GPTModel alone can make: the first step of "
        "a hybrid model ends with a TypeError",
    .fix = "turn off {overlap_moe_expert_parallel_comm}",
    .valid = "false",
    .source = "combined_1f1b.py:combined_forward_backward_step, pretrain_mamba.py:forward_step",
    .stage = Stage::kRun,
    .reach = Reach::kCommandLine,
    .fails =
        "--overlap-moe-expert-parallel-comm --expert-model-parallel-size 8 "
        "CUDA_DEVICE_MAX_CONNECTIONS=32",
    .passes = "gpt --overlap-moe-expert-parallel-comm CUDA_DEVICE_MAX_CONNECTIONS=32",
};

}  // namespace nam56r::dialect::rules
