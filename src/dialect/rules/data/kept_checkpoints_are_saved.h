#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kKeptCheckpointsAreSaved = {
    .code = "POLICY2269",
    .title = "Checkpoints to keep that are not written",
    .dests = {"save_retain_interval", "save_interval", "save"},
    .refuses =
        [](const Args& a, const Args&) {
          const std::int64_t save = a.Int("save_interval");
          const std::int64_t kept = a.Int("save_retain_interval");
          return !a.IsNull("save") && !a.IsNull("save_retain_interval") &&
                 (kept <= 0 || (save > 0 && kept % save != 0));
        },
    .why = "keeps checkpoints among those that it writes",
    .fix = "choose a multiple of {save_interval}",
    .valid = "multiples of the interval of saving",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--save out --save-interval 10 --save-retain-interval 15",
    .passes = "--save out --save-interval 10 --save-retain-interval 20",
};

}  // namespace nam56r::dialect::rules
