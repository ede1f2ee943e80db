#pragma once

#include "src/dialect/rules/execution_facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kNoJitterInRecompute = {
    .code = "POLICY1820",
    .title = "Jitter of a recomputed expert layer inside a graph",
    .dests = {"moe_input_jitter_eps", "recompute_modules", "cuda_graph_impl", "cuda_graph_modules",
              "cuda_graph_scope"},
    .refuses =
        [](const Args& a, const Args&) {
          return Graphs(a) && Recomputes(a, "moe") && !a.IsNull("moe_input_jitter_eps") &&
                 (WholeLayers(a) || Captures(a, "moe"));
        },
    .why = "draws no random numbers in a module that is recomputed inside a graph",
    .fix = "leave {moe_input_jitter_eps} out",
    .valid = "not given",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails =
        "--cuda-graph-impl transformer_engine --cuda-graph-modules moe "
        "--moe-expert-capacity-factor 1.5 --moe-pad-expert-input-to-capacity --hidden-dropout 0.0 "
        "--recompute-granularity selective --recompute-modules moe --moe-input-jitter-eps 0.01",
    .passes =
        "--cuda-graph-impl transformer_engine --cuda-graph-modules attn --recompute-granularity "
        "selective --recompute-modules moe_act",
};

}  // namespace nam56r::dialect::rules
