#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kLocalCountsGraphs = {
    .code = "POLICY1825",
    .title = "Number of inference graphs",
    .dests = {"inference_dynamic_batching_num_cuda_graphs", "cuda_graph_impl"},
    .refuses =
        [](const Args& a, const Args&) {
          const std::int64_t count = a.Int("inference_dynamic_batching_num_cuda_graphs", 1);
          return GraphsAre(a, "local") && count <= 0 && count != -1;
        },
    .why =
        "captures at least one graph for inference with the local implementation, or -1 for as "
        "many as it finds fit",
    .fix = "set {inference_dynamic_batching_num_cuda_graphs} to -1",
    .valid = "-1|1 and more",
    .source = kValidate,
    .releases = {.since = 17},
    .reach = Reach::kCommandLine,
    .fails =
        "--cuda-graph-impl local --cuda-graph-modules mamba "
        "--inference-dynamic-batching-num-cuda-graphs 0",
    .passes = "--cuda-graph-impl transformer_engine --cuda-graph-modules mamba",
};

}  // namespace nam56r::dialect::rules
