#pragma once

#include "src/dialect/rules/execution_facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kPreprocessNeedsRouter = {
    .code = "POLICY1809",
    .title = "Graph of the dispatch without the router",
    .dests = {"cuda_graph_modules", "cuda_graph_scope", "cuda_graph_impl"},
    .refuses =
        [](const Args& a, const Args&) {
          return ByLayer(a) && CapturesPreprocess(a) && !CapturesRouter(a);
        },
    .why = "captures moe_preprocess together with moe_router only",
    .fix = "add moe_router",
    .source = kConfig,
    .stage = Stage::kBuild,
    .valid_of =
        [](const Args& a) {
          return std::vector<std::string>{Joined(a, GraphDest(a)) + " moe_router"};
        },
    .fails = "--cuda-graph-impl transformer_engine --cuda-graph-modules moe_preprocess",
    .passes = "--cuda-graph-impl transformer_engine --cuda-graph-modules moe_router moe_preprocess",
};

}  // namespace nam56r::dialect::rules
