#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kMethodWithoutGranularity = {
    .code = "POLICY1713",
    .title = "Method or count of recompute without a granularity",
    .dests = {"recompute_method", "recompute_num_layers", "recompute_granularity"},
    .refuses =
        [](const Args& a, const Args& raw) {
          return a.IsNull("recompute_granularity") &&
                 (!raw.IsNull("recompute_method") || !raw.IsNull("recompute_num_layers"));
        },
    .why =
        "recomputes nothing without --recompute-granularity, whatever the method and the count say",
    .fix = "give --recompute-granularity full, or leave the method and the count out",
    .valid = "not given",
    .source = kConfig,
    .stage = Stage::kRun,
    .reach = Reach::kCommandLine,
    .fails = "--recompute-method uniform --recompute-num-layers 1",
    .passes = "",
};

}  // namespace nam56r::dialect::rules
