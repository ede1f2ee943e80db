#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOneHardwareQueue = {
    .code = "POLICY2301",
    .title = "TP or CP on Hopper with several hardware queues",
    .dests = {"env:CUDA_DEVICE_MAX_CONNECTIONS", "tensor_model_parallel_size",
              "context_parallel_size"},
    .refuses =
        [](const Args& a, const Args&) {
          return (Tp(a) > 1 || Cp(a) > 1) && a.surroundings().architecture < 10 && !Fsdp(a) &&
                 !a.On("overlap_moe_expert_parallel_comm") &&
                 a.surroundings().Variable("CUDA_DEVICE_MAX_CONNECTIONS") != "1";
        },
    .why = "keeps exchanges of TP and CP in order on Hopper by one hardware queue",
    .fix = "write CUDA_DEVICE_MAX_CONNECTIONS = \"1\" in [environment]",
    .valid = "CUDA_DEVICE_MAX_CONNECTIONS = \"1\"",
    .source = kValidate,
    .argv_fix = "set CUDA_DEVICE_MAX_CONNECTIONS to 1",
    .fails = "gpt !CUDA_DEVICE_MAX_CONNECTIONS",
    .passes = "gpt",
};

}  // namespace nam56r::dialect::rules
