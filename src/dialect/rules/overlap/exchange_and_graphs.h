#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kExchangeAndGraphs = {
    .code = "POLICY2114",
    .title = "Overlapped expert exchange inside a graph",
    .dests = {"overlap_moe_expert_parallel_comm", "cuda_graph_impl", "cuda_graph_modules",
              "cuda_graph_scope"},
    .refuses =
        [](const Args& a, const Args&) {
          if (!ExpertOverlap(a) || a.Is("cuda_graph_impl", "none")) return false;
          const bool engine = a.Is("cuda_graph_impl", "transformer_engine");
          const bool feed_forward = Captures(a, "moe") || Captures(a, "mlp");
          return a.minor() >= 18 ? engine && feed_forward : !engine || feed_forward;
        },
    .why = "overlaps no exchange inside a graph",
    .fix =
        "capture attn, mamba and moe_router with transformer_engine, or turn off "
        "{overlap_moe_expert_parallel_comm}",
    .valid = "false",
    .source = kConfig,
    .stage = Stage::kBuild,
    .fails =
        "gpt --overlap-moe-expert-parallel-comm CUDA_DEVICE_MAX_CONNECTIONS=32 --cuda-graph-impl "
        "transformer_engine --cuda-graph-modules mlp --moe-layer-freq 2",
    .passes =
        "gpt --overlap-moe-expert-parallel-comm CUDA_DEVICE_MAX_CONNECTIONS=32 --cuda-graph-impl "
        "transformer_engine --cuda-graph-modules attn",
};

}  // namespace nam56r::dialect::rules
