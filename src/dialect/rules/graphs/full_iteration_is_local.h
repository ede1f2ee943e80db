#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kFullIterationIsLocal = {
    .code = "POLICY1804",
    .title = "Graph of the whole step by Transformer Engine",
    .dests = {"cuda_graph_impl", "cuda_graph_scope"},
    .refuses =
        [](const Args& a, const Args&) {
          return GraphsAre(a, "transformer_engine") && Captures(a, "full_iteration");
        },
    .why = "captures the whole step with the local implementation only",
    .fix = "choose local for {cuda_graph_impl}",
    .valid = "\"local\"",
    .source = kConfig,
    .stage = Stage::kBuild,
    .releases = {.until = 17},
    .fails = "--cuda-graph-impl transformer_engine --cuda-graph-modules full_iteration",
    .passes = "--cuda-graph-impl transformer_engine --cuda-graph-modules attn",
};

}  // namespace nam56r::dialect::rules
