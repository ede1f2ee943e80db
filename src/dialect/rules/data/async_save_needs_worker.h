#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kAsyncSaveNeedsWorker = {
    .code = "POLICY2203",
    .title = "Asynchronous checkpoints without their worker",
    .dests = {"async_save"},
    .refuses = [](const Args& a,
                  const Args& raw) { return raw.On("async_save") && !a.On("async_save"); },
    .why = "switches asynchronous checkpoints off without --use-persistent-ckpt-worker",
    .fix = "turn off {async_save}",
    .valid = "false",
    .source = kValidate,
    .stage = Stage::kRun,
    .reach = Reach::kContract,
    .fails = "--async-save --ckpt-format torch_dist --save ckpt --save-interval 10",
    .passes =
        "--async-save --use-persistent-ckpt-worker --ckpt-format torch_dist --save ckpt "
        "--save-interval 10",
};

}  // namespace nam56r::dialect::rules
