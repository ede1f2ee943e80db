#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kBatchSize = {
    .code = "POLICY2808",
    .title = "Batch size under its old name",
    .dests = {"batch_size", "micro_batch_size"},
    .refuses = [](const Args&, const Args& raw) { return !raw.IsNull("batch_size"); },
    .why = "no longer takes --batch-size",
    .fix = "write --micro-batch-size instead",
    .valid = "not given",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--batch-size 4",
    .passes = "--micro-batch-size 4",
};

}  // namespace nam56r::dialect::rules
