#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kModelParallelSize = {
    .code = "POLICY2810",
    .title = "Tensor parallelism under its old name",
    .dests = {"model_parallel_size", "tensor_model_parallel_size"},
    .refuses = [](const Args&, const Args& raw) { return !raw.IsNull("model_parallel_size"); },
    .why = "no longer takes --model-parallel-size",
    .fix = "write --tensor-model-parallel-size instead",
    .valid = "not given",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--model-parallel-size 2",
    .passes = "--tensor-model-parallel-size 2 --sequence-parallel",
};

}  // namespace nam56r::dialect::rules
