#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kSequencesByLength = {
    .code = "POLICY1027",
    .title = "Context parallelism by sequence length beside what it cannot be combined with",
    .dests = {"hybrid_context_parallel", "pipeline_model_parallel_size", "use_megatron_fsdp",
              "dataloader_type", "calculate_per_token_loss"},
    .refuses =
        [](const Args& a, const Args& raw) {
          return a.On("hybrid_context_parallel") &&
                 (Pp(a) > 1 || a.On("use_megatron_fsdp") || raw.On("enable_cuda_graph") ||
                  !a.Is("dataloader_type", "single") || !a.On("calculate_per_token_loss"));
        },
    .why =
        "shares sequences by their length without stages and FSDP, with the loader single and"
        " a loss counted by tokens only",
    .fix =
        "turn off {hybrid_context_parallel}, or give {calculate_per_token_loss} and single "
        "for {dataloader_type}",
    .valid = "false",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "gpt --hybrid-context-parallel",
    .passes =
        "gpt --pipeline-model-parallel-size 1 !--num-layers-per-virtual-pipeline-stage "
        "--hybrid-context-parallel --dataloader-type single --calculate-per-token-loss",
};

}  // namespace nam56r::dialect::rules
