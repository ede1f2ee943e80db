#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/graphed_recompute.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kRecomputedRouterDrawsNothing = {
    .code = "POLICY1870",
    .title = "Graph that computes jittered experts again",
    .dests = {"moe_input_jitter_eps", "recompute_modules", "cuda_graph_modules",
              "cuda_graph_scope"},
    .refuses =
        [](const Args& a, const Args&) {
          return !a.IsNull("moe_input_jitter_eps") && GraphedAndRecomputed(a, "moe", "moe");
        },
    .why = "cannot draw the same jitter again inside a graph",
    .fix = "leave {moe_input_jitter_eps} out",
    .valid = "not given",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails =
        "--cuda-graph-impl transformer_engine --recompute-granularity selective "
        "--recompute-modules moe --hidden-dropout 0.0 --moe-input-jitter-eps 0.01",
    .passes =
        "--cuda-graph-impl transformer_engine --recompute-granularity selective "
        "--recompute-modules moe --hidden-dropout 0.0",
};

}  // namespace nam56r::dialect::rules
