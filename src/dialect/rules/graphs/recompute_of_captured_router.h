#pragma once

#include "src/dialect/rules/execution_facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kRecomputeOfCapturedRouter = {
    .code = "POLICY1815",
    .title = "Recompute of an expert layer whose router is captured",
    .dests = {"recompute_modules", "cuda_graph_modules", "cuda_graph_scope", "cuda_graph_impl"},
    .refuses =
        [](const Args& a, const Args&) {
          return GraphsAre(a, "transformer_engine") && a.Is("recompute_granularity", "selective") &&
                 a.Lists("recompute_modules", "moe") && CapturesRouter(a);
        },
    .why = "recomputes no expert layer whose router Transformer Engine has captured",
    .fix = "remove moe from {recompute_modules}, or moe_router from the graph",
    .source = kConfig,
    .stage = Stage::kBuild,
    .valid_of = [](const Args& a) { return Without(a, "recompute_modules", {"moe"}); },
    .fails =
        "--cuda-graph-impl transformer_engine --cuda-graph-modules attn moe_router "
        "--recompute-granularity selective --recompute-modules moe",
    .passes =
        "--cuda-graph-impl transformer_engine --cuda-graph-modules attn moe_router "
        "--recompute-granularity selective --recompute-modules moe_act",
};

}  // namespace nam56r::dialect::rules
