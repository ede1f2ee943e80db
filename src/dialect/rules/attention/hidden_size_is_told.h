#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kHiddenSizeIsTold = {
    .code = "PLAN1360",
    .title = "A model without a hidden size",
    .dests = {"hidden_size"},
    .refuses = [](const Args& a, const Args&) { return a.IsNull("hidden_size"); },
    .why = "is not told the hidden size",
    .fix = "give {hidden_size}",
    .valid = "1 and more",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "!--hidden-size",
    .passes = "--hidden-size 3584",
};

}  // namespace nam56r::dialect::rules
