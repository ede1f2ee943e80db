#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kHybridContextStandsAlone = {
    .code = "POLICY1063",
    .title = "Hybrid context parallelism beside what it cannot be combined with",
    .dests = {"hybrid_context_parallel", "pipeline_model_parallel_size", "enable_cuda_graph",
              "use_megatron_fsdp"},
    .refuses =
        [](const Args& a, const Args& raw) {
          return a.On("hybrid_context_parallel") &&
                 (Pp(a) > 1 || raw.On("enable_cuda_graph") || a.On("use_megatron_fsdp"));
        },
    .why =
        "has hybrid context parallelism without PP, local graphs by --enable-cuda-graph and "
        "Megatron-FSDP only",
    .fix = "leave {hybrid_context_parallel} out",
    .valid = "false",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails =
        "--hybrid-context-parallel --calculate-per-token-loss --pipeline-model-parallel-size 2",
    .passes = "--hybrid-context-parallel --calculate-per-token-loss",
};

}  // namespace nam56r::dialect::rules
