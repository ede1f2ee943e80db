#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kFp8GatherNeedsFp8 = {
    .code = "POLICY1903",
    .title = "FP8 parameters of a model that does not compute in FP8",
    .dests = {"fp8_param_gather", "fp8"},
    .refuses = [](const Args& a, const Args&) { return a.On("fp8_param_gather") && !a.On("fp8"); },
    .why = "gathers FP8 parameters in FP8 only",
    .fix = "choose fp8 for {fp8}, or turn off {fp8_param_gather}",
    .valid = "false",
    .source = kConfig,
    .stage = Stage::kBuild,
    .argv_fix = "give {fp8} a format, or turn off {fp8_param_gather}",
    .fails = "--fp8-param-gather",
    .passes = "--mamba-num-heads 64 --fp8-format hybrid --fp8-recipe tensorwise --fp8-param-gather",
};

}  // namespace nam56r::dialect::rules
