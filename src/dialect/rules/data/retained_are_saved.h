#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kRetainedAreSaved = {
    .code = "POLICY2212",
    .title = "Checkpoints to keep that are not written",
    .dests = {"save_retain_interval", "save_interval", "save"},
    .refuses =
        [](const Args& a, const Args&) {
          const std::int64_t kept = a.Int("save_retain_interval", 1);
          const std::int64_t each = a.Int("save_interval");
          return !a.IsNull("save") && !a.IsNull("save_retain_interval") && each > 0 &&
                 (kept <= 0 || kept % each != 0);
        },
    .why = "keeps checkpoints that are written: a multiple of --save-interval",
    .fix = "choose a multiple",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args& a) -> std::vector<std::string> {
      const std::int64_t each = a.Int("save_interval", 1);
      return {std::to_string(each), std::to_string(2 * each), "and so on"};
    },
    .fails = "--save ckpt --save-interval 10 --save-retain-interval 15",
    .passes = "--save ckpt --save-interval 10 --save-retain-interval 20",
};

}  // namespace nam56r::dialect::rules
