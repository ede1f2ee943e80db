#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

inline std::int64_t DecaySteps(const Args& a) {
  return a.IsNull("lr_decay_iters") ? a.Int("train_iters") : a.Int("lr_decay_iters");
}

inline constexpr ArgumentRule kWarmupBeforeDecay = {
    .code = "POLICY2002",
    .title = "Warmup longer than the decay",
    .dests = {"lr_warmup_iters", "lr_decay_iters", "train_iters"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.IsNull("train_samples") && a.Int("train_iters") > 0 &&
                 a.Int("lr_warmup_iters") >= DecaySteps(a);
        },
    .why = "wants the warmup to end before the decay does",
    .fix = "shorten {lr_warmup_iters}, or lengthen {lr_decay_iters}",
    .source = "optimizer_param_scheduler.py:OptimizerParamScheduler.__init__",
    .stage = Stage::kBuild,
    .valid_of = [](const Args& a) -> Values {
      if (DecaySteps(a) <= 0) return {"none while the decay has no steps"};
      return Range(0, DecaySteps(a) - 1);
    },
    .fails = "--lr-warmup-iters 30",
    .passes = "--lr-warmup-iters 10",
};

}  // namespace nam56r::dialect::rules
