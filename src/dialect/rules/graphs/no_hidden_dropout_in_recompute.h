#pragma once

#include "src/dialect/rules/execution_facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kNoHiddenDropoutInRecompute = {
    .code = "POLICY1819",
    .title = "Hidden dropout in a recomputed module inside a graph",
    .dests = {"hidden_dropout", "recompute_modules", "cuda_graph_impl", "cuda_graph_modules",
              "cuda_graph_scope"},
    .refuses =
        [](const Args& a, const Args&) {
          return Graphs(a) && Selective(a) && a.Number("hidden_dropout") != 0 &&
                 ((Recomputes(a, "mlp") && (WholeLayers(a) || Captures(a, "mlp"))) ||
                  (Recomputes(a, "moe") && (WholeLayers(a) || Captures(a, "moe"))));
        },
    .why = "draws no random numbers in a module that is recomputed inside a graph",
    .fix = "set {hidden_dropout} to 0",
    .valid = "0.0",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails =
        "gpt --cuda-graph-impl transformer_engine --recompute-granularity selective "
        "--recompute-modules mlp",
    .passes =
        "gpt --cuda-graph-impl transformer_engine --cuda-graph-modules attn "
        "--recompute-granularity selective --recompute-modules mlp --hidden-dropout 0.0",
};

}  // namespace nam56r::dialect::rules
