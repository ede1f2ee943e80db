#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOffloadGathersDelayedFp8 = {
    .code = "POLICY2008",
    .title = "FP8 parameters gathered from host memory",
    .dests = {"optimizer_cpu_offload", "fp8_param_gather", "fp8_recipe"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("optimizer_cpu_offload") && a.On("fp8_param_gather") &&
                 !a.Is("fp8_recipe", "delayed");
        },
    .why = "gathers FP8 parameters from host memory under delayed scaling only",
    .fix = "turn off {fp8_param_gather}, or choose delayed for {fp8_recipe}",
    .valid = "0.0",
    .source = kValidate,
    .argv_valid = "false",
    .fails =
        "--optimizer-cpu-offload --use-precision-aware-optimizer --fp8-param-gather "
        "--mamba-num-heads 64 --fp8-format hybrid --fp8-recipe tensorwise",
    .passes =
        "--optimizer-cpu-offload --use-precision-aware-optimizer --mamba-num-heads 64 --fp8-format "
        "hybrid --fp8-recipe tensorwise",
};

}  // namespace nam56r::dialect::rules
