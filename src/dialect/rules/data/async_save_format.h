#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kAsyncSaveFormat = {
    .code = "POLICY2202",
    .title = "Asynchronous checkpoints of the format torch",
    .dests = {"async_save", "ckpt_format"},
    .refuses = [](const Args& a,
                  const Args&) { return a.On("async_save") && a.Is("ckpt_format", "torch"); },
    .why = "writes checkpoints of the format torch at once only",
    .fix = "choose torch_dist for {ckpt_format}, or turn off {async_save}",
    .valid = "false",
    .source = "checkpointing.py:save_checkpoint",
    .stage = Stage::kRun,
    .reach = Reach::kContract,
    .fails =
        "--async-save --use-persistent-ckpt-worker --ckpt-format torch --save ckpt --save-interval "
        "10",
    .passes =
        "--async-save --use-persistent-ckpt-worker --ckpt-format torch_dist --save ckpt "
        "--save-interval 10",
};

}  // namespace nam56r::dialect::rules
