#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kDcpIsNotCut = {
    .code = "POLICY2208",
    .title = "Checkpoints of FSDP2 from TP or PP ranks",
    .dests = {"ckpt_format", "tensor_model_parallel_size", "pipeline_model_parallel_size"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.Is("ckpt_format", "torch_dcp") && (Tp(a) > 1 || Pp(a) > 1);
        },
    .why = "writes torch_dcp without TP and PP only",
    .fix = "choose torch_dist for {ckpt_format}",
    .valid = "torch_dist",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "gpt --ckpt-format torch_dcp",
    .passes = "gpt --ckpt-format torch_dist",
};

}  // namespace nam56r::dialect::rules
