#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kCountNeedsFull = {
    .code = "POLICY1711",
    .dests = {"recompute_num_layers", "recompute_granularity"},
    .refuses = [](const Args& a,
                  const Args&) { return Selective(a) && !a.IsNull("recompute_num_layers"); },
    .why = "counts recomputed layers with full recompute only",
    .fix = "leave {recompute_num_layers} out",
    .valid = "not given",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
};

}  // namespace nam56r::dialect::rules
