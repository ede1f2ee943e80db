#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/graphed_recompute.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kRecomputedLayersDrawNothing = {
    .code = "POLICY1869",
    .title = "Graph that computes a layer with dropout again",
    .dests = {"hidden_dropout", "recompute_modules", "cuda_graph_modules", "cuda_graph_scope"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.Number("hidden_dropout") != 0 &&
                 (GraphedAndRecomputed(a, "mlp", "mlp") || GraphedAndRecomputed(a, "moe", "moe"));
        },
    .why = "cannot draw the same dropout again inside a graph; its default is 0.1",
    .fix = "write 0 for {hidden_dropout}, or take mlp and moe out of {recompute_modules}",
    .valid = "0",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails =
        "--cuda-graph-impl transformer_engine --recompute-granularity selective "
        "--recompute-modules mlp",
    .passes =
        "--cuda-graph-impl transformer_engine --recompute-granularity selective "
        "--recompute-modules mlp --hidden-dropout 0.0",
};

}  // namespace nam56r::dialect::rules
