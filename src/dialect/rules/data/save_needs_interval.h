#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kSaveNeedsInterval = {
    .code = "POLICY2204",
    .title = "Checkpoints without an interval",
    .dests = {"save", "save_interval"},
    .refuses = [](const Args& a,
                  const Args&) { return !a.IsNull("save") && a.Int("save_interval") <= 0; },
    .why = "wants an interval to save at",
    .fix = "give {save_interval}",
    .valid = "1 and more",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--save ckpt",
    .passes = "--save ckpt --save-interval 10",
};

}  // namespace nam56r::dialect::rules
