#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOffloadIsPrecisionAware = {
    .code = "POLICY2007",
    .title = "Optimizer state in host memory without the precision-aware optimizer",
    .dests = {"optimizer_cpu_offload", "use_precision_aware_optimizer"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("optimizer_cpu_offload") && !a.On("use_precision_aware_optimizer");
        },
    .why = "moves optimizer state to host memory with the precision-aware optimizer only",
    .fix = "turn on {use_precision_aware_optimizer}, or set {optimizer_cpu_offload} to 0",
    .valid = "0.0",
    .source = kValidate,
    .argv_fix = "turn on {use_precision_aware_optimizer}, or leave {optimizer_cpu_offload} out",
    .argv_valid = "false",
    .fails = "--optimizer-cpu-offload",
    .passes = "--optimizer-cpu-offload --use-precision-aware-optimizer",
};

}  // namespace nam56r::dialect::rules
