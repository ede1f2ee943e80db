#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kInfillingNeedsRates = {
    .code = "POLICY2274",
    .title = "Fill in the middle at rate 0",
    .dests = {"fim_data", "fim_rate", "fim_spm_rate"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("fim_data") && (!a.On("fim_rate") || !a.On("fim_spm_rate"));
        },
    .why = "takes a rate of 0 for one that is missing",
    .fix = "leave {fim_data} out, or choose rates above 0",
    .valid = "above 0 to 1",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "!--mock-data --data-path corpus --fim-data --fim-rate 0.0",
    .passes = "!--mock-data --data-path corpus --fim-data --fim-rate 0.5",
};

}  // namespace nam56r::dialect::rules
