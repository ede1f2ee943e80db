#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kRampupIsHeeded = {
    .code = "POLICY1109",
    .title = "A batch-size ramp-up that nothing reads",
    .dests = {"rampup_batch_size", "step_batch_size_schedule"},
    .refuses =
        [](const Args&, const Args& raw) {
          return raw.Given("rampup_batch_size") && !raw.IsNull("rampup_batch_size");
        },
    .why = "takes the ramp-up and never reads it: every step has the whole batch",
    .fix = "write it as {step_batch_size_schedule}",
    .valid = "not given",
    .source = "global_vars.py:set_global_variables",
    .stage = Stage::kRun,
    .severity = base::Severity::kWarning,
    .releases = {.since = 18},
    .reach = Reach::kCommandLine,
    .fails = "--rampup-batch-size 32 32 1024",
    .passes = "",
};

}  // namespace nam56r::dialect::rules
