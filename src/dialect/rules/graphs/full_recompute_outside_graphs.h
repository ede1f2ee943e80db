#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kFullRecomputeOutsideGraphs = {
    .code = "POLICY1814",
    .dests = {"recompute_granularity", "cuda_graph_impl"},
    .refuses =
        [](const Args& a, const Args&) {
          return Graphs(a) && a.Is("recompute_granularity", "full") && !FullIteration(a);
        },
    .why = "recomputes whole layers only outside graphs or in one of the whole step",
    .fix = "choose selective for {recompute_granularity}, or none for {cuda_graph_impl}",
    .valid = "\"none\"|\"selective\"",
    .source = kConfig,
    .stage = Stage::kBuild,
};

}  // namespace nam56r::dialect::rules
