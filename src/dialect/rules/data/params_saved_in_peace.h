#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kParamsSavedInPeace = {
    .code = "POLICY2213",
    .title = "Parameters saved while they are gathered",
    .dests = {"save_params_interval", "overlap_param_gather", "save"},
    .refuses =
        [](const Args& a, const Args&) {
          return !a.IsNull("save") && !a.IsNull("save_params_interval") &&
                 a.On("overlap_param_gather");
        },
    .why = "saves parameters alone only when their gathering is not overlapped",
    .fix = "turn off {overlap_param_gather}",
    .valid = "not given",
    .source = kValidate,
    .releases = {.since = 18},
    .reach = Reach::kCommandLine,
    .fails = "--save ckpt --save-interval 10 --save-params-interval 10",
    .passes = "--save ckpt --save-interval 10 --save-params-interval 10 !--overlap-param-gather",
};

}  // namespace nam56r::dialect::rules
