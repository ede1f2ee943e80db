#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kCountNeedsFull = {
    .code = "POLICY1711",
    .title = "Count of recomputed layers beside selective recompute",
    .dests = {"recompute_num_layers", "recompute_granularity"},
    .refuses = [](const Args& a,
                  const Args&) { return Selective(a) && !a.IsNull("recompute_num_layers"); },
    .why = "counts recomputed layers with full recompute only",
    .fix = "leave {recompute_num_layers} out",
    .valid = "not given",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails =
        "--recompute-granularity selective --recompute-modules moe_act --recompute-num-layers 1",
    .passes = "--recompute-granularity selective --recompute-modules moe_act",
};

}  // namespace nam56r::dialect::rules
