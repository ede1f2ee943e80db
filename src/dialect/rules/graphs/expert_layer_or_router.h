#pragma once

#include "src/dialect/rules/execution_facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kExpertLayerOrRouter = {
    .code = "POLICY1808",
    .title = "Graph of an expert layer and of its router",
    .dests = {"cuda_graph_modules", "cuda_graph_scope"},
    .refuses = [](const Args& a,
                  const Args&) { return ByLayer(a) && Captures(a, "moe") && CapturesRouter(a); },
    .why = "captures an expert layer whole or its router, not both",
    .fix = "remove moe or moe_router",
    .source = kConfig,
    .stage = Stage::kBuild,
    .valid_of = [](const Args& a) { return Without(a, GraphDest(a), {"moe"}); },
    .fails =
        "--cuda-graph-impl transformer_engine --cuda-graph-modules moe moe_router "
        "--moe-expert-capacity-factor 1.5 --moe-pad-expert-input-to-capacity",
    .passes = "--cuda-graph-impl transformer_engine --cuda-graph-modules moe_router",
};

}  // namespace nam56r::dialect::rules
