#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kSavedLogitsAreAsynchronous = {
    .code = "POLICY2279",
    .title = "Logits to save without asynchronous checkpoints",
    .dests = {"logits_save_dir", "async_save"},
    .refuses = [](const Args& a,
                  const Args&) { return !a.IsNull("logits_save_dir") && !a.On("async_save"); },
    .why =
        "writes logits through the queue of asynchronous checkpoints only, which needs "
        "--use-persistent-ckpt-worker too",
    .fix = "give --async-save and --use-persistent-ckpt-worker, or leave {logits_save_dir} out",
    .valid = "not given",
    .source = kValidate,
    .releases = {.since = 19},
    .reach = Reach::kCommandLine,
    .fails = "--logits-save-dir out --logits-save-top-k 8",
    .passes =
        "--logits-save-dir out --logits-save-top-k 8 --async-save --use-persistent-ckpt-worker "
        "--save out --save-interval 10",
};

}  // namespace nam56r::dialect::rules
