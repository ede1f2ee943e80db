#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kFsdpSavesItsFormat = {
    .code = "POLICY2207",
    .title = "Fully sharded parameters in another format",
    .dests = {"use_megatron_fsdp", "ckpt_format"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("use_megatron_fsdp") && !a.Is("ckpt_format", "fsdp_dtensor");
        },
    .why = "saves fully sharded parameters as fsdp_dtensor only",
    .fix = "choose fsdp_dtensor for {ckpt_format}",
    .valid = "false",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--use-megatron-fsdp !CUDA_DEVICE_MAX_CONNECTIONS --ckpt-format torch_dist",
    .passes = "--use-megatron-fsdp !CUDA_DEVICE_MAX_CONNECTIONS --ckpt-format fsdp_dtensor",
};

}  // namespace nam56r::dialect::rules
