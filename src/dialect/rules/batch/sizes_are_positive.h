#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kSizesArePositive = {
    .code = "POLICY1101",
    .title = "Batch sizes of 0 and less",
    .dests = {"global_batch_size", "micro_batch_size"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.Int("micro_batch_size") <= 0 || a.Int("global_batch_size") <= 0;
        },
    .why = "wants both batch sizes above 0",
    .fix = "write sizes of 1 and more",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args&) -> Values { return AtLeast(1); },
    .blamed_of = [](const Args& a, const Args&) -> std::string_view {
      return a.Int("global_batch_size") <= 0 && a.Int("micro_batch_size") > 0 ? "global_batch_size"
                                                                              : "micro_batch_size";
    },
    .fails = "--micro-batch-size 0",
    .passes = "--micro-batch-size 8",
};

}  // namespace nam56r::dialect::rules
