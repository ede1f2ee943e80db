#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kEvaluationDivides = {
    .code = "POLICY1102",
    .title = "Evaluation batches in broken micro-batches",
    .dests = {"global_batch_size", "micro_batch_size", "eval_global_batch_size",
              "eval_micro_batch_size"},
    .refuses =
        [](const Args& a, const Args&) {
          if (a.Int("micro_batch_size") <= 0 || a.Int("global_batch_size") <= 0) return false;
          const std::int64_t ranks = DataParallel(a);
          const std::int64_t once = Product(a.Int("eval_micro_batch_size"), ranks);
          return ranks > 0 && (once == 0 || a.Int("eval_global_batch_size") % once != 0);
        },
    .why =
        "wants the evaluation batch, by default the training batch, in whole micro-batches on "
        "every data-parallel rank",
    .fix = "choose a multiple of {micro_batch_size} times DP for {global_batch_size}",
    .source = kValidate,
    .releases = {.since = 18},
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args& a) -> Values {
      const std::int64_t once = Product(a.Int("eval_micro_batch_size"), DataParallel(a));
      if (once <= 0) return {"none while the micro-batch of evaluation is empty"};
      return MultiplesNear(a.Int("eval_global_batch_size"), once);
    },
    .fails = "--global-batch-size 60",
    .passes = "--global-batch-size 96",
};

}  // namespace nam56r::dialect::rules
