#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kExpertsAreCounted = {
    .code = "PLAN1433",
    .title = "A negative number of experts",
    .dests = {"num_experts"},
    .refuses = [](const Args& a, const Args&) { return Experts(a) && a.Int("num_experts") < 0; },
    .why = "counts experts from 1; 0 is a model without",
    .fix = "give {num_experts} of 1 and more",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args&) -> Values { return AtLeast(1); },
    .fails = "--num-experts -8",
    .passes = "--num-experts 8",
};

}  // namespace nam56r::dialect::rules
