#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kSizesArePositive = {
    .code = "POLICY1101",
    .dests = {"global_batch_size", "micro_batch_size"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.Int("micro_batch_size") <= 0 || a.Int("global_batch_size") <= 0;
        },
    .why = "wants both batch sizes above 0",
    .fix = "write sizes of 1 and more",
    .valid = "1 and more",
    .source = kValidate,
    .reach = Reach::kCommandLine,
};

}  // namespace nam56r::dialect::rules
