#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kScheduleOrBatchSize = {
    .code = "POLICY1108",
    .title = "A schedule of batch sizes beside one batch size",
    .dests = {"step_batch_size_schedule", "global_batch_size"},
    .refuses =
        [](const Args&, const Args& raw) {
          return raw.Given("step_batch_size_schedule") && !raw.IsNull("step_batch_size_schedule") &&
                 raw.Given("global_batch_size") && !raw.IsNull("global_batch_size");
        },
    .why = "takes the batch size from the schedule or from {global_batch_size}",
    .fix = "leave one of the two out",
    .valid = "not given",
    .source = kValidate,
    .releases = {.since = 18},
    .reach = Reach::kCommandLine,
    .fails = "--step-batch-size-schedule 0:64",
    .passes = "",
};

}  // namespace nam56r::dialect::rules
