#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kFsdpCheckpointFormat = {
    .code = "POLICY2205",
    .title = "Format of fully sharded checkpoints for parameters that are not",
    .dests = {"ckpt_format", "use_megatron_fsdp", "use_torch_fsdp2"},
    .refuses =
        [](const Args& a, const Args&) {
          return (a.Is("ckpt_format", "fsdp_dtensor") && !a.On("use_megatron_fsdp")) ||
                 (a.Is("ckpt_format", "torch_dcp") && !a.On("use_torch_fsdp2"));
        },
    .why = "writes that format from fully sharded parameters only",
    .fix = "choose torch_dist for {ckpt_format}",
    .valid = "torch_dist|torch",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--ckpt-format torch_dcp",
    .passes = "--ckpt-format torch_dist",
};

}  // namespace nam56r::dialect::rules
