#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kDcpIsDataParallel = {
    .code = "POLICY2272",
    .title = "Checkpoints of format torch_dcp with TP or PP",
    .dests = {"ckpt_format", "tensor_model_parallel_size", "pipeline_model_parallel_size"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.Is("ckpt_format", "torch_dcp") && (Tp(a) > 1 || Pp(a) > 1);
        },
    .why = "writes torch_dcp without TP and PP only",
    .fix = "choose torch_dist for {ckpt_format}",
    .valid = "torch_dist|torch",
    .source = kValidate,
    .fails = "--ckpt-format torch_dcp --tensor-model-parallel-size 2",
    .passes = "--ckpt-format torch_dist --tensor-model-parallel-size 2 --sequence-parallel",
};

}  // namespace nam56r::dialect::rules
