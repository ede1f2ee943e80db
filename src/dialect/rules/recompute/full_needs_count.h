#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kFullNeedsCount = {
    .code = "POLICY1710",
    .title = "Full recompute without a count of layers",
    .dests = {"recompute_num_layers", "recompute_granularity"},
    .refuses =
        [](const Args& a, const Args&) {
          return Full(a) && !a.IsNull("recompute_method") && a.IsNull("recompute_num_layers");
        },
    .why = "wants to know how many layers to recompute",
    .fix = "give {recompute_num_layers}",
    .valid = "1 and more",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails = "gpt --recompute-granularity full --recompute-method uniform",
    .passes =
        "gpt --recompute-granularity full --recompute-method uniform --recompute-num-layers 1",
};

}  // namespace nam56r::dialect::rules
