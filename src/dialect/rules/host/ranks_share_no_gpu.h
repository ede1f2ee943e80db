#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kRanksShareNoGpu = {
    .code = "HOST2516",
    .title = "More ranks than GPUs",
    .dests = {"expert_model_parallel_size", "tensor_model_parallel_size",
              "pipeline_model_parallel_size"},
    .refuses =
        [](const Args& a, const Args&) {
          const auto& gpus = a.surroundings().gpus;
          return gpus && a.surroundings().world_size > *gpus;
        },
    .why = "gives each rank a GPU of its own: NCCL refuses two ranks on one",
    .fix = "start as many ranks as there are GPUs",
    .source = "NCCL: ncclInvalidUsage; run gbn-ep2",
    .stage = Stage::kBuild,
    .valid_of = [](const Args& a) -> std::vector<std::string> {
      return {"at most " + std::to_string(a.surroundings().gpus.value_or(0)) + " ranks"};
    },
    .fails = "gpus:1 --expert-model-parallel-size 2 @2",
    .passes = "gpus:8 --expert-model-parallel-size 2",
};

}  // namespace nam56r::dialect::rules
