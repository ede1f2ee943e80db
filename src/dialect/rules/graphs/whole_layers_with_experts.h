#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kWholeLayersWithExperts = {
    .code = "POLICY1824",
    .title = "Graphs of whole layers, experts among them",
    .dests = {"cuda_graph_impl", "cuda_graph_modules", "cuda_graph_scope", "num_experts"},
    .refuses =
        [](const Args& a, const Args&) {
          return GraphsAre(a, "transformer_engine") && SeveralExperts(a) &&
                 CapturedModules(a) == 0 && !DropAndPad(a) && !a.On("perform_rl_step");
        },
    .why =
        "captures every layer whole when no modules are named, and an expert layer that keeps "
        "every token waits for counts on the host, which no capture survives",
    .fix = "name modules: attn, mamba and moe_router",
    .valid = "attn|mamba|moe_router",
    .source = "cuda_graphs.py:_layer_is_graphable; run f13-cg-crashes",
    .stage = Stage::kRun,
    .fails = "--cuda-graph-impl transformer_engine",
    .passes = "--cuda-graph-impl transformer_engine --cuda-graph-modules attn mamba moe_router",
};

}  // namespace nam56r::dialect::rules
