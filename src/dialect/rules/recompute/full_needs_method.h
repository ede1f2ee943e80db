#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kFullNeedsMethod = {
    .code = "POLICY1709",
    .title = "Full recompute without a method",
    .dests = {"recompute_method", "recompute_granularity"},
    .refuses = [](const Args& a, const Args&) { return Full(a) && a.IsNull("recompute_method"); },
    .why = "wants to know which layers to recompute",
    .fix = "give {recompute_method}",
    .valid = "uniform|block",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails = "gpt --recompute-granularity full --recompute-num-layers 1",
    .passes =
        "gpt --recompute-granularity full --recompute-method uniform --recompute-num-layers 1",
};

}  // namespace nam56r::dialect::rules
