#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kFp4GatherNeedsFp4 = {
    .code = "POLICY1913",
    .title = "FP4 parameters of a model that does not compute in FP4",
    .dests = {"fp4_param_gather", "fp4"},
    .refuses = [](const Args& a, const Args&) { return a.On("fp4_param_gather") && !a.On("fp4"); },
    .why = "gathers FP4 parameters in FP4 only",
    .fix = "give --fp4-format, or leave {fp4_param_gather} out",
    .valid = "false",
    .source = kValidate,
    .releases = {.since = 17},
    .reach = Reach::kCommandLine,
    .fails = "--fp4-param-gather",
    .passes = "",
};

}  // namespace nam56r::dialect::rules
