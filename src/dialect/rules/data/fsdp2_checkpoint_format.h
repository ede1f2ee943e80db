#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kFsdp2CheckpointFormat = {
    .code = "POLICY2266",
    .title = "Checkpoint format that PyTorch's FSDP2 does not write",
    .dests = {"ckpt_format", "use_torch_fsdp2"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("use_torch_fsdp2") && !a.Is("ckpt_format", "torch_dist") &&
                 !a.Is("ckpt_format", "torch_dcp");
        },
    .why = "saves the shards of PyTorch's FSDP2 as torch_dist and torch_dcp only",
    .fix = "choose torch_dist for {ckpt_format}",
    .valid = "torch_dist|torch_dcp",
    .source = kValidate,
    .fails =
        "!--use-distributed-optimizer !--overlap-param-gather --use-torch-fsdp2 "
        "CUDA_DEVICE_MAX_CONNECTIONS=8 --ckpt-format torch",
    .passes = "--ckpt-format torch",
};

}  // namespace nam56r::dialect::rules
