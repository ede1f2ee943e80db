#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kEvaluationDivides = {
    .code = "POLICY1102",
    .dests = {"global_batch_size", "micro_batch_size", "eval_global_batch_size",
              "eval_micro_batch_size"},
    .refuses =
        [](const Args& a, const Args&) {
          const std::int64_t once = a.Int("eval_micro_batch_size") * DataParallel(a);
          return once == 0 || a.Int("eval_global_batch_size") % once != 0;
        },
    .why =
        "wants the evaluation batch, by default the training batch, in whole micro-batches on "
        "every data-parallel rank",
    .fix = "choose a multiple of micro-batch size times DP",
    .valid = "multiples of micro-batch size times DP",
    .source = kValidate,
    .releases = {.since = 18},
    .reach = Reach::kCommandLine,
};

}  // namespace nam56r::dialect::rules
