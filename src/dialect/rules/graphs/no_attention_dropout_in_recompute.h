#pragma once

#include "src/dialect/rules/execution_facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kNoAttentionDropoutInRecompute = {
    .code = "POLICY1818",
    .title = "Attention dropout in a recomputed module inside a graph",
    .dests = {"attention_dropout", "recompute_modules", "cuda_graph_impl", "cuda_graph_modules",
              "cuda_graph_scope"},
    .refuses =
        [](const Args& a, const Args&) {
          return Graphs(a) && Selective(a) && a.Number("attention_dropout") != 0 &&
                 Recomputes(a, "core_attn") && (WholeLayers(a) || Captures(a, "attn"));
        },
    .why = "draws no random numbers in a module that is recomputed inside a graph",
    .fix = "set {attention_dropout} to 0",
    .valid = "0.0",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails =
        "--cuda-graph-impl transformer_engine --cuda-graph-modules attn --recompute-granularity "
        "selective --recompute-modules core_attn",
    .passes =
        "--cuda-graph-impl transformer_engine --cuda-graph-modules attn --recompute-granularity "
        "selective --recompute-modules core_attn --attention-dropout 0.0",
};

}  // namespace nam56r::dialect::rules
