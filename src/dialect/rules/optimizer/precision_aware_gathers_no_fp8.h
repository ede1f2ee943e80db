#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kPrecisionAwareGathersNoFp8 = {
    .code = "POLICY2013",
    .title = "FP8 parameters under the precision-aware optimizer",
    .dests = {"use_precision_aware_optimizer", "fp8_param_gather"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("use_precision_aware_optimizer") && a.On("fp8_param_gather") && a.On("fp8") &&
                 a.On("bf16") && !a.Is("fp8_recipe", "delayed") &&
                 a.Is("main_params_dtype", "fp32");
        },
    .why =
        "keeps the remainder of a BF16 parameter in 16 bits, where FP8 parameters have a whole "
        "one: the optimizer stops at Int16 against FP32",
    .fix = "turn off {fp8_param_gather}",
    .valid = "false",
    .source = "distrib_optimizer.py:_get_main_param_and_optimizer_states; run f13-pg-pao",
    .stage = Stage::kRun,
    .releases = {.until = 18},
    .fails =
        "--use-precision-aware-optimizer --fp8-param-gather --mamba-num-heads 64 --fp8-format "
        "hybrid --fp8-recipe tensorwise",
    .passes =
        "--use-precision-aware-optimizer --mamba-num-heads 64 --fp8-format hybrid --fp8-recipe "
        "tensorwise",
};

}  // namespace nam56r::dialect::rules
