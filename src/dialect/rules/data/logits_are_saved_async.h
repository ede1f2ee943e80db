#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kLogitsAreSavedAsync = {
    .code = "POLICY2218",
    .title = "Logits to save without asynchronous checkpoints",
    .dests = {"logits_save_dir", "logits_save_top_k", "async_save"},
    .refuses =
        [](const Args& a, const Args&) {
          return !a.IsNull("logits_save_dir") &&
                 (a.IsNull("logits_save_top_k") || !a.On("async_save"));
        },
    .why = "saves the highest logits along with asynchronous checkpoints",
    .fix = "give {logits_save_top_k}, {async_save} and --use-persistent-ckpt-worker",
    .valid = "not given",
    .source = kValidate,
    .releases = {.since = 19},
    .reach = Reach::kCommandLine,
    .fails = "--logits-save-dir logits",
    .passes =
        "--logits-save-dir logits --logits-save-top-k 8 --async-save --use-persistent-ckpt-worker "
        "--save ckpt --save-interval 10",
};

}  // namespace nam56r::dialect::rules
