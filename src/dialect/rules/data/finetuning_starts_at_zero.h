#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kFinetuningStartsAtZero = {
    .code = "POLICY2280",
    .title = "Step of a checkpoint that is fine-tuned",
    .dests = {"override_ckpt_iteration", "finetune"},
    .refuses = [](const Args& a,
                  const Args&) { return !a.IsNull("override_ckpt_iteration") && a.On("finetune"); },
    .why = "starts fine-tuning at step 0",
    .fix = "leave {override_ckpt_iteration} or {finetune} out",
    .valid = "not given",
    .source = kValidate,
    .releases = {.since = 19},
    .reach = Reach::kCommandLine,
    .fails = "--override-ckpt-iteration 5 --finetune",
    .passes = "--override-ckpt-iteration 5",
};

}  // namespace nam56r::dialect::rules
