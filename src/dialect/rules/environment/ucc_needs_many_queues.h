#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kUccNeedsManyQueues = {
    .code = "POLICY2311",
    .title = "UCC between stages on one hardware queue",
    .dests = {"env:CUDA_DEVICE_MAX_CONNECTIONS", "pipeline_model_parallel_comm_backend"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.Is("pipeline_model_parallel_comm_backend", "ucc") && OneConnection(a);
        },
    .why = "sends between stages by UCC over several hardware queues",
    .fix = "set CUDA_DEVICE_MAX_CONNECTIONS above 1",
    .valid = "2 and more",
    .source = "parallel_state.py:initialize_model_parallel",
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails = "gpt --pipeline-model-parallel-comm-backend ucc",
    .passes = "gpt --pipeline-model-parallel-comm-backend nccl",
};

}  // namespace nam56r::dialect::rules
