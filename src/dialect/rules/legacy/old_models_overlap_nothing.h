#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOldModelsOverlapNothing = {
    .code = "POLICY2802",
    .title = "Overlapped gathering in old models",
    .dests = {"overlap_param_gather", "use_legacy_models"},
    .refuses =
        [](const Args& a, const Args& raw) {
          return a.On("use_legacy_models") && raw.On("overlap_param_gather");
        },
    .why = "overlaps no gathering of parameters in old models",
    .fix = "leave {use_legacy_models} out",
    .valid = "false",
    .source = kValidate,
    .releases = {.until = 17},
    .reach = Reach::kCommandLine,
    .fails = "--use-legacy-models --ckpt-format torch",
    .passes = "--overlap-param-gather",
};

}  // namespace nam56r::dialect::rules
