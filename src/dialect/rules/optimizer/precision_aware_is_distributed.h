#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kPrecisionAwareIsDistributed = {
    .code = "POLICY2005",
    .title = "Precision-aware optimizer that is not distributed",
    .dests = {"use_precision_aware_optimizer", "use_distributed_optimizer"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("use_precision_aware_optimizer") && a.Is("optimizer", "adam") &&
                 !a.On("use_distributed_optimizer");
        },
    .why = "has the precision-aware optimizer only as a distributed one",
    .fix = "turn on {use_distributed_optimizer}",
    .valid = "false",
    .source = kOptimizer,
    .stage = Stage::kBuild,
    .fails = "--use-precision-aware-optimizer !--use-distributed-optimizer !--overlap-param-gather",
    .passes = "--use-precision-aware-optimizer",
};

}  // namespace nam56r::dialect::rules
