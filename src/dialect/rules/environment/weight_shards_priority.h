#pragma once

#include "src/dialect/rules/execution_facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kWeightShardsPriority = {
    .code = "POLICY2323",
    .title = "Graphs of sharded weights without priorities",
    .dests = {"env:CUDA_GRAPHS_USE_NODE_PRIORITY", "tensor_parallel_num_weight_shards",
              "cuda_graph_impl"},
    .refuses =
        [](const Args& a, const Args&) {
          const bool shards = a.Int("tensor_parallel_num_weight_shards", Tp(a)) > Tp(a);
          return shards && Graphs(a) && a.surroundings().architecture >= 10 &&
                 !VariableIs(a, "CUDA_GRAPHS_USE_NODE_PRIORITY", "1");
        },
    .why =
        "overlaps the exchanges of sharded weights inside graphs by priorities of nodes on "
        "Blackwell",
    .fix = "set CUDA_GRAPHS_USE_NODE_PRIORITY to 1",
    .valid = "CUDA_GRAPHS_USE_NODE_PRIORITY = \"1\"",
    .source = kValidate,
    .releases = {.since = 19},
    .reach = Reach::kCommandLine,
    .fails =
        "sm:10 --tensor-parallel-num-weight-shards 2 --cuda-graph-impl transformer_engine "
        "--cuda-graph-modules attn",
    .passes =
        "sm:10 CUDA_GRAPHS_USE_NODE_PRIORITY=1 --tensor-parallel-num-weight-shards 2 "
        "--cuda-graph-impl transformer_engine --cuda-graph-modules attn",
};

}  // namespace nam56r::dialect::rules
