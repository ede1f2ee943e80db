#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kSavedLogitsAreCounted = {
    .code = "POLICY2278",
    .title = "Logits to save without their number",
    .dests = {"logits_save_dir", "logits_save_top_k"},
    .refuses =
        [](const Args& a, const Args&) {
          return !a.IsNull("logits_save_dir") && a.IsNull("logits_save_top_k");
        },
    .why = "saves the highest logits of each token and is not told how many",
    .fix = "give {logits_save_top_k}",
    .valid = "not given",
    .source = kValidate,
    .releases = {.since = 19},
    .reach = Reach::kCommandLine,
    .fails = "--logits-save-dir out",
    .passes =
        "--logits-save-dir out --logits-save-top-k 8 --async-save --use-persistent-ckpt-worker "
        "--save out --save-interval 10",
};

}  // namespace nam56r::dialect::rules
