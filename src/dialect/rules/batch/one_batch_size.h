#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOneBatchSize = {
    .code = "POLICY1162",
    .title = "Batch size beside its schedule",
    .dests = {"step_batch_size_schedule", "global_batch_size"},
    .refuses =
        [](const Args& a, const Args& raw) {
          return !a.IsNull("step_batch_size_schedule") && !raw.IsNull("global_batch_size");
        },
    .why = "takes the batch size from its schedule or from --global-batch-size",
    .fix = "keep one of them",
    .valid = "not given",
    .source = kValidate,
    .releases = {.since = 18},
    .reach = Reach::kCommandLine,
    .fails = "--step-batch-size-schedule 0:32",
    .passes = "!--global-batch-size --step-batch-size-schedule 0:32",
};

}  // namespace nam56r::dialect::rules
