#pragma once

#include "src/dialect/rules/execution_facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kExpertsToCapture = {
    .code = "POLICY1810",
    .title = "Graph of experts in a model without them",
    .dests = {"cuda_graph_modules", "cuda_graph_scope", "num_experts"},
    .refuses =
        [](const Args& a, const Args&) {
          return ByLayer(a) && !SeveralExperts(a) && (Captures(a, "moe") || CapturesRouter(a));
        },
    .why = "has no experts to capture",
    .fix = "remove moe and moe_router",
    .source = kConfig,
    .stage = Stage::kBuild,
    .valid_of =
        [](const Args& a) {
          return Without(a, GraphDest(a), {"moe", "moe_router", "moe_preprocess"});
        },
    .fails =
        "gpt !--num-experts !--expert-model-parallel-size --cuda-graph-impl transformer_engine "
        "--cuda-graph-modules moe_router",
    .passes = "--cuda-graph-impl transformer_engine --cuda-graph-modules moe_router",
};

}  // namespace nam56r::dialect::rules
