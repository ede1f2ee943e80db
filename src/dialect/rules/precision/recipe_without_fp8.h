#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kRecipeWithoutFp8 = {
    .code = "POLICY1921",
    .title = "FP8 recipe of a run that is not in FP8",
    .dests = {"fp8_recipe", "fp8"},
    .refuses = [](const Args& a,
                  const Args& raw) { return raw.Given("fp8_recipe") && !a.On("fp8"); },
    .why = "computes in FP8 with --fp8-format only: the recipe alone changes nothing",
    .fix = "give --fp8-format, or leave {fp8_recipe} out",
    .valid = "not given",
    .source = "fp8_utils.py:get_fp8_context",
    .stage = Stage::kRun,
    .severity = base::Severity::kWarning,
    .reach = Reach::kCommandLine,
    .fails = "--fp8-recipe tensorwise",
    .passes = "--mamba-num-heads 64 --fp8-format hybrid --fp8-recipe tensorwise",
};

}  // namespace nam56r::dialect::rules
