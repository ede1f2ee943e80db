#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kPrecisionAwareIsAdam = {
    .code = "POLICY2004",
    .title = "Precision-aware optimizer that is not Adam",
    .dests = {"use_precision_aware_optimizer", "optimizer"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("use_precision_aware_optimizer") && !a.Is("optimizer", "adam");
        },
    .why = "keeps narrow optimizer state for Adam only",
    .fix = "turn off {use_precision_aware_optimizer}",
    .valid = "false",
    .source = kOptimizer,
    .stage = Stage::kBuild,
    .fails = "--use-precision-aware-optimizer --optimizer sgd",
    .passes = "--use-precision-aware-optimizer",
};

}  // namespace nam56r::dialect::rules
