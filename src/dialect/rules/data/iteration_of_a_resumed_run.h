#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kIterationOfAResumedRun = {
    .code = "POLICY2219",
    .title = "Iteration of a checkpoint that is only fine-tuned",
    .dests = {"override_ckpt_iteration", "finetune"},
    .refuses = [](const Args& a,
                  const Args&) { return !a.IsNull("override_ckpt_iteration") && a.On("finetune"); },
    .why = "begins at iteration 0 when it fine-tunes",
    .fix = "leave one of them out",
    .valid = "not given",
    .source = kValidate,
    .releases = {.since = 19},
    .reach = Reach::kCommandLine,
    .fails = "--override-ckpt-iteration 10 --finetune",
    .passes = "--finetune",
};

}  // namespace nam56r::dialect::rules
