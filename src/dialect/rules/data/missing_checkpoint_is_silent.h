#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kMissingCheckpointIsSilent = {
    .code = "POLICY2225",
    .title = "Fine-tuning that starts from random weights unnoticed",
    .dests = {"load", "exit_on_missing_checkpoint", "finetune"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("finetune") && !a.IsNull("load") && !a.On("exit_on_missing_checkpoint") &&
                 a.IsNull("pretrained_checkpoint");
        },
    .why = "trains random weights when --load holds no checkpoint, and says so in one line only",
    .fix = "give --exit-on-missing-checkpoint",
    .valid = "true",
    .source = "checkpointing.py:load_checkpoint",
    .stage = Stage::kRun,
    .severity = base::Severity::kWarning,
    .reach = Reach::kCommandLine,
    .fails = "--finetune --load ckpt",
    .passes = "--finetune --load ckpt --exit-on-missing-checkpoint",
};

}  // namespace nam56r::dialect::rules
