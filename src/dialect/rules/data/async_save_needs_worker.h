#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kAsyncSaveNeedsWorker = {
    .code = "POLICY2203",
    .dests = {"async_save"},
    .refuses = [](const Args& a,
                  const Args& raw) { return raw.On("async_save") && !a.On("async_save"); },
    .why = "switches asynchronous checkpoints off without --use-persistent-ckpt-worker",
    .fix = "turn off {async_save}",
    .valid = "false",
    .source = kValidate,
    .reach = Reach::kContract,
};

}  // namespace nam56r::dialect::rules
