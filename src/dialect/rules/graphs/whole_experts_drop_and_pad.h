#pragma once

#include "src/dialect/rules/execution_facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kWholeExpertsDropAndPad = {
    .code = "POLICY1812",
    .title = "Graph of whole expert layers that keep every token",
    .dests = {"cuda_graph_modules", "cuda_graph_scope", "moe_expert_capacity_factor",
              "moe_pad_expert_input_to_capacity"},
    .refuses =
        [](const Args& a, const Args&) {
          return ByLayer(a) && SeveralExperts(a) && !DropAndPad(a) && Captures(a, "moe");
        },
    .why = "captures an expert layer whole only when it drops and pads to a capacity",
    .fix =
        "set {moe_expert_capacity_factor} and turn on {moe_pad_expert_input_to_capacity}, or "
        "capture moe_router instead",
    .source = kConfig,
    .stage = Stage::kBuild,
    .valid_of = [](const Args& a) { return Without(a, GraphDest(a), {"moe"}); },
    .fails = "--cuda-graph-impl transformer_engine --cuda-graph-modules attn moe",
    .passes = "--cuda-graph-impl transformer_engine --cuda-graph-modules attn moe_router",
};

}  // namespace nam56r::dialect::rules
