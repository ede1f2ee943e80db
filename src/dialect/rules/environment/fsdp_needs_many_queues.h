#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kFsdpNeedsManyQueues = {
    .code = "POLICY2302",
    .title = "Fully sharded parameters on one hardware queue",
    .dests = {"env:CUDA_DEVICE_MAX_CONNECTIONS", "use_megatron_fsdp", "use_torch_fsdp2"},
    .refuses =
        [](const Args& a, const Args&) {
          return (a.On("use_megatron_fsdp") || a.On("use_torch_fsdp2")) && OneConnection(a);
        },
    .why = "overlaps the exchanges of fully sharded parameters over several hardware queues",
    .fix = "set CUDA_DEVICE_MAX_CONNECTIONS above 1",
    .valid = "2 and more",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--use-megatron-fsdp --ckpt-format fsdp_dtensor",
    .passes = "--use-megatron-fsdp --ckpt-format fsdp_dtensor !CUDA_DEVICE_MAX_CONNECTIONS",
};

}  // namespace nam56r::dialect::rules
