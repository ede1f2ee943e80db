#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kAsyncSaveOfTorch = {
    .code = "POLICY2229",
    .title = "Asynchronous checkpoints that are written at once",
    .dests = {"async_save", "ckpt_format", "save"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("async_save") && a.Is("ckpt_format", "torch") && !a.IsNull("save");
        },
    .why = "ends at the first checkpoint: the format torch is written at once only",
    .fix = "choose torch_dist for {ckpt_format}, or leave {async_save} out",
    .valid = "false",
    .source = "checkpointing.py:save_checkpoint",
    .stage = Stage::kRun,
    .reach = Reach::kCommandLine,
    .fails =
        "--async-save --use-persistent-ckpt-worker --ckpt-format torch --save ckpt --save-interval "
        "10",
    .passes =
        "--async-save --use-persistent-ckpt-worker --ckpt-format torch_dist --save ckpt "
        "--save-interval 10",
};

}  // namespace nam56r::dialect::rules
