#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline bool HasNarrowState(const Args& a) {
  for (const char* dest :
       {"main_grads_dtype", "main_params_dtype", "exp_avg_dtype", "exp_avg_sq_dtype"}) {
    if (a.Has(dest) && !a.Is(dest, "fp32")) return true;
  }
  return false;
}

inline constexpr ArgumentRule kNarrowStateIsPrecisionAware = {
    .code = "POLICY2006",
    .title = "Narrow optimizer state without the precision-aware optimizer",
    .dests = {"main_grads_dtype", "use_precision_aware_optimizer"},
    .refuses =
        [](const Args& a, const Args&) {
          return !a.On("use_precision_aware_optimizer") && HasNarrowState(a);
        },
    .why = "keeps narrow gradients and moments in the precision-aware optimizer only",
    .fix = "turn on {use_precision_aware_optimizer}",
    .valid = "fp32",
    .source = kOptimizer,
    .stage = Stage::kBuild,
    .fails = "--main-grads-dtype bf16",
    .passes = "--main-grads-dtype bf16 --use-precision-aware-optimizer",
};

}  // namespace nam56r::dialect::rules
