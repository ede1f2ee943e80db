#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kLayersAreTold = {
    .code = "POLICY1208",
    .dests = {"num_layers"},
    .refuses = [](const Args& a, const Args&) { return a.IsNull("num_layers"); },
    .why = "is not told how many layers there are",
    .fix = "give {num_layers}",
    .valid = "1 and more",
    .source = kValidate,
    .reach = Reach::kCommandLine,
};

}  // namespace nam56r::dialect::rules
