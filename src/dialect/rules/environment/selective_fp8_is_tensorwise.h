#pragma once

#include "src/dialect/rules/execution_facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kSelectiveFp8IsTensorwise = {
    .code = "POLICY2321",
    .title = "FP8 of the experts alone, without FP8",
    .dests = {"env:CPPMEGA_SELECTIVE_FP8_MOE", "fp8", "fp8_recipe"},
    .refuses =
        [](const Args& a, const Args&) {
          return VariableIs(a, "CPPMEGA_SELECTIVE_FP8_MOE", "1") &&
                 (!a.On("fp8") || !a.Is("fp8_recipe", "tensorwise"));
        },
    .why =
        "restricts tensorwise FP8 to the experts, and trains in BF16 without a word where there is "
        "none",
    .fix = "give --fp8-format hybrid and --fp8-recipe tensorwise",
    .valid = "0",
    .source = "cppmega: selective_fp8_moe_patch.py",
    .stage = Stage::kRun,
    .reach = Reach::kCommandLine,
    .fails = "CPPMEGA_SELECTIVE_FP8_MOE=1",
    .passes =
        "CPPMEGA_SELECTIVE_FP8_MOE=1 --mamba-num-heads 64 --fp8-format hybrid --fp8-recipe "
        "tensorwise",
};

}  // namespace nam56r::dialect::rules
