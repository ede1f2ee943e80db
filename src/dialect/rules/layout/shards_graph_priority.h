#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/weight_shards.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kShardsGraphPriority = {
    .code = "POLICY1077",
    .title = "Graphs with weight shards on Blackwell that lose the priority of their exchanges",
    .dests = {"env:CUDA_GRAPHS_USE_NODE_PRIORITY", "tensor_parallel_num_weight_shards",
              "cuda_graph_impl"},
    .refuses =
        [](const Args& a, const Args&) {
          return ShardsWeights(a) && a.surroundings().architecture >= 10 && Graphs(a) &&
                 a.surroundings().Variable("CUDA_GRAPHS_USE_NODE_PRIORITY") != "1";
        },
    .why =
        "captures the exchange of sharded weights on Blackwell under "
        "CUDA_GRAPHS_USE_NODE_PRIORITY=1 only",
    .fix = "set CUDA_GRAPHS_USE_NODE_PRIORITY=1",
    .valid = "1",
    .source = kValidate,
    .releases = {.since = 19},
    .reach = Reach::kCommandLine,
    .fails =
        "--tensor-parallel-num-weight-shards 2 --cuda-graph-impl transformer_engine "
        "--cuda-graph-modules mamba sm:10",
    .passes =
        "--tensor-parallel-num-weight-shards 2 --cuda-graph-impl transformer_engine "
        "--cuda-graph-modules mamba sm:10 CUDA_GRAPHS_USE_NODE_PRIORITY=1",
};

}  // namespace nam56r::dialect::rules
