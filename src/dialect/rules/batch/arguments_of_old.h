#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kArgumentsOfOld = {
    .code = "POLICY1107",
    .title = "Arguments that are no longer valid",
    .dests = {"batch_size", "warmup", "model_parallel_size"},
    .refuses =
        [](const Args&, const Args& raw) {
          return !raw.IsNull("batch_size") || !raw.IsNull("warmup") ||
                 !raw.IsNull("model_parallel_size");
        },
    .why =
        "knows these names to refuse them: --micro-batch-size, --lr-warmup-fraction and "
        "--tensor-model-parallel-size replaced them",
    .fix = "leave {batch_size}, {warmup} and {model_parallel_size} out",
    .valid = "not given",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--batch-size 4",
    .passes = "--micro-batch-size 4",
};

}  // namespace nam56r::dialect::rules
