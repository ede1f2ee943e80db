#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kFp4GatherNeedsFp4 = {
    .code = "POLICY1913",
    .title = "Parameters gathered in FP4 in another precision",
    .dests = {"fp4_param_gather", "fp4_param", "fp4"},
    .refuses =
        [](const Args& a, const Args&) {
          return (a.On("fp4_param_gather") || a.On("fp4_param")) && !a.On("fp4");
        },
    .why = "gathers FP4 parameters in FP4 only",
    .fix = "leave --fp4-param-gather out",
    .valid = "false",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--fp4-param-gather",
    .passes = "--fp4-param-gather --fp4-format e2m1 sm:10",
};

}  // namespace nam56r::dialect::rules
