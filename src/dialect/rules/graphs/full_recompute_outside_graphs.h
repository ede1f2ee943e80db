#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kFullRecomputeOutsideGraphs = {
    .code = "POLICY1814",
    .title = "Full recompute inside graphs of layers",
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
    .fails =
        "gpt --recompute-granularity full --recompute-method uniform --recompute-num-layers 1 "
        "--cuda-graph-impl transformer_engine --cuda-graph-modules attn",
    .passes =
        "gpt --recompute-granularity selective --recompute-modules moe_act --cuda-graph-impl "
        "transformer_engine --cuda-graph-modules attn",
};

}  // namespace nam56r::dialect::rules
