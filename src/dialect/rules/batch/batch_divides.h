#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kBatchDivides = {
    .code = "POLICY1105",
    .title = "Batches in broken micro-batches",
    .dests = {"global_batch_size", "micro_batch_size"},
    .refuses =
        [](const Args& a, const Args& raw) {
          const std::int64_t once = Product(a.Int("micro_batch_size"), DataParallel(a));
          const bool evaluation_says_it = a.minor() >= 18 && !raw.Given("eval_global_batch_size") &&
                                          !raw.Given("eval_micro_batch_size");
          return once > 0 && a.Int("global_batch_size") % once != 0 &&
                 a.IsNull("rampup_batch_size") && !a.On("decrease_batch_size_if_needed") &&
                 !evaluation_says_it;
        },
    .why = "wants the batch in whole micro-batches on every data-parallel rank",
    .fix = "choose a multiple of {micro_batch_size} times DP for {global_batch_size}",
    .source = "num_microbatches_calculator.py:ConstantNumMicroBatchesCalculator",
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args& a) -> Values {
      return MultiplesNear(a.Int("global_batch_size"),
                           Product(a.Int("micro_batch_size"), DataParallel(a)));
    },
    .fails = "--global-batch-size 60 ?--eval-global-batch-size 64",
    .passes = "--global-batch-size 96",
};

}  // namespace nam56r::dialect::rules
