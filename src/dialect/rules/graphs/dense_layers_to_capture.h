#pragma once

#include "src/dialect/rules/execution_facts.h"

namespace nam56r::dialect::rules {

inline bool EveryLayerHasExperts(const Args& a) { return a.Int("moe_layer_freq", 0) == 1; }

inline constexpr ArgumentRule kDenseLayersToCapture = {
    .code = "POLICY1811",
    .title = "Graph of dense layers where every layer has experts",
    .dests = {"cuda_graph_modules", "cuda_graph_scope", "num_experts"},
    .refuses =
        [](const Args& a, const Args&) {
          return ByLayer(a) && SeveralExperts(a) && EveryLayerHasExperts(a) && Captures(a, "mlp");
        },
    .why =
        "captures mlp only where --moe-layer-freq leaves dense layers, which a hybrid pattern "
        "does not set",
    .fix = "remove mlp",
    .source = kConfig,
    .stage = Stage::kBuild,
    .valid_of = [](const Args& a) { return Without(a, GraphDest(a), {"mlp"}); },
    .fails = "--cuda-graph-impl transformer_engine --cuda-graph-modules attn mlp",
    .passes = "--cuda-graph-impl transformer_engine --cuda-graph-modules attn",
};

}  // namespace nam56r::dialect::rules
