#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kSizesAreCounted = {
    .code = "POLICY1071",
    .title = "Parallel sizes below 1",
    .dests = {"tensor_model_parallel_size", "pipeline_model_parallel_size",
              "context_parallel_size"},
    .refuses = [](const Args& a, const Args&) { return Tp(a) < 0 || Pp(a) < 0 || Cp(a) < 0; },
    .why =
        "cuts the ranks into groups of 1 and more; two negative sizes, or one, get past its "
        "validation",
    .fix = "write 1 and more",
    .valid = "1 and more",
    .source = "parallel_state.py:initialize_model_parallel",
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails = "--pipeline-model-parallel-size -1",
    .passes = "--pipeline-model-parallel-size 1",
};

}  // namespace nam56r::dialect::rules
