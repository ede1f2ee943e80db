#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kLayersAreTold = {
    .code = "POLICY1208",
    .title = "A model without a number of layers",
    .dests = {"num_layers"},
    .refuses = [](const Args& a, const Args&) { return a.IsNull("num_layers"); },
    .why = "is not told how many layers there are",
    .fix = "give {num_layers}",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args&) -> Values { return AtLeast(1); },
    .fails = "gpt !--num-layers",
    .passes = "gpt --num-layers 32",
};

}  // namespace nam56r::dialect::rules
