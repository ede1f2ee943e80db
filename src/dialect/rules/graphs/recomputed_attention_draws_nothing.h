#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/graphed_recompute.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kRecomputedAttentionDrawsNothing = {
    .code = "POLICY1868",
    .title = "Graph that computes attention with dropout again",
    .dests = {"attention_dropout", "recompute_modules", "cuda_graph_modules", "cuda_graph_scope"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.Number("attention_dropout") != 0 && GraphedAndRecomputed(a, "attn", "core_attn");
        },
    .why = "cannot draw the same dropout again inside a graph; its default is 0.1",
    .fix = "write 0 for {attention_dropout}, or take core_attn out of {recompute_modules}",
    .valid = "0",
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
