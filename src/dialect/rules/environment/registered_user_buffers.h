#pragma once

#include "src/dialect/rules/execution_facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kRegisteredUserBuffers = {
    .code = "POLICY2307",
    .title = "User buffers of NCCL in expandable segments",
    .dests = {"env:PYTORCH_CUDA_ALLOC_CONF", "nccl_ub"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("nccl_ub") &&
                 HasVariable(a, "PYTORCH_CUDA_ALLOC_CONF", "expandable_segments:True");
        },
    .why =
        "registers user buffers in memory pools, which PyTorch before 2.11 has without expandable "
        "segments only",
    .fix = "take expandable_segments away from PYTORCH_CUDA_ALLOC_CONF",
    .valid = "without expandable_segments:True",
    .source = "distributed_data_parallel_config.py:DistributedDataParallelConfig.__post_init__",
    .stage = Stage::kBuild,
    .releases = {.until = 17},
    .fails = "--use-nccl-ub PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True",
    .passes = "--use-nccl-ub",
};

}  // namespace nam56r::dialect::rules
