#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kSavedParametersAreGathered = {
    .code = "POLICY2270",
    .title = "Parameters saved for themselves under overlapped gathering",
    .dests = {"save_params_interval", "overlap_param_gather", "save"},
    .refuses =
        [](const Args& a, const Args& raw) {
          return !a.IsNull("save") && !a.IsNull("save_params_interval") &&
                 raw.On("overlap_param_gather");
        },
    .why = "saves parameters for themselves when no rank still gathers them only",
    .fix = "leave {save_params_interval} out, or turn off {overlap_param_gather}",
    .valid = "not given",
    .source = kValidate,
    .releases = {.since = 18},
    .reach = Reach::kCommandLine,
    .fails = "--save out --save-interval 10 --save-params-interval 10",
    .passes = "--save out --save-interval 10 !--overlap-param-gather --save-params-interval 10",
};

}  // namespace nam56r::dialect::rules
