#pragma once

#include "src/dialect/rules/execution_facts.h"
#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/weight_shards.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kShardedSharedExpert = {
    .code = "POLICY1871",
    .title = "Graph that computes a shared expert of weight shards again",
    .dests = {"recompute_modules", "cuda_graph_impl", "tensor_parallel_num_weight_shards"},
    .refuses =
        [](const Args& a, const Args&) {
          return WeightShards(a) > 1 && GraphsAre(a, "local") &&
                 (!a.IsNull("fp8") || !a.IsNull("fp4")) &&
                 !a.IsNull("moe_shared_expert_intermediate_size") &&
                 !a.On("moe_shared_expert_overlap") && Recomputes(a, "shared_experts") &&
                 (WholeLayers(a) || Captures(a, "moe") || CapturesRouter(a));
        },
    .why = "computes no shared expert of sharded weights again in FP8 and FP4 inside a local graph",
    .fix = "take shared_experts out of {recompute_modules}",
    .valid = "core_attn|layernorm|moe_act",
    .source = kConfig,
    .stage = Stage::kBuild,
    .releases = {.since = 19},
    .reach = Reach::kCommandLine,
    .fails =
        "--tensor-parallel-num-weight-shards 2 --mamba-num-heads 64 --fp8-format e4m3 --fp8-recipe "
        "tensorwise --cuda-graph-impl local --cuda-graph-modules moe_router moe_preprocess "
        "--recompute-granularity selective --recompute-modules shared_experts",
    .passes =
        "--tensor-parallel-num-weight-shards 2 --mamba-num-heads 64 --fp8-format e4m3 --fp8-recipe "
        "tensorwise --cuda-graph-impl local --cuda-graph-modules moe_router moe_preprocess "
        "--recompute-granularity selective --recompute-modules layernorm",
};

}  // namespace nam56r::dialect::rules
