#pragma once

#include "src/dialect/rules/execution_facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kPreprocessDropsAndPads = {
    .code = "POLICY1813",
    .title = "Graph of the dispatch that drops tokens and does not pad",
    .dests = {"cuda_graph_modules", "cuda_graph_scope", "moe_token_dispatcher_type",
              "moe_expert_capacity_factor"},
    .refuses =
        [](const Args& a, const Args&) {
          return ByLayer(a) && SeveralExperts(a) && !DropAndPad(a) && CapturesPreprocess(a) &&
                 a.Is("moe_token_dispatcher_type", "alltoall") &&
                 (!a.IsNull("moe_expert_capacity_factor") || a.On("moe_router_padding_for_fp8"));
        },
    .why = "copies to the host in moe_preprocess when tokens are dropped and not padded",
    .fix = "remove moe_preprocess, or turn on {moe_pad_expert_input_to_capacity}",
    .source = kConfig,
    .stage = Stage::kBuild,
    .valid_of = [](const Args& a) { return Without(a, GraphDest(a), {"moe_preprocess"}); },
    .fails =
        "--cuda-graph-impl transformer_engine --cuda-graph-modules moe_router moe_preprocess "
        "--moe-expert-capacity-factor 1.5 --moe-router-load-balancing-type aux_loss",
    .passes = "--cuda-graph-impl transformer_engine --cuda-graph-modules moe_router",
};

}  // namespace nam56r::dialect::rules
