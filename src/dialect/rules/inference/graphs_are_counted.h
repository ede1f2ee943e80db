#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kGraphsAreCounted = {
    .code = "POLICY2601",
    .title = "Local graphs without graphs of inference",
    .dests = {"inference_dynamic_batching_num_cuda_graphs", "cuda_graph_impl"},
    .refuses =
        [](const Args& a, const Args&) {
          const std::int64_t graphs = a.Int("inference_dynamic_batching_num_cuda_graphs", 16);
          return GraphsAre(a, "local") && graphs <= 0 && graphs != -1;
        },
    .why = "counts the graphs of inference that the local implementation takes, training or not",
    .fix = "write 16, or -1 to let the release count",
    .valid = "1 and more|-1",
    .source = kValidate,
    .releases = {.since = 17},
    .reach = Reach::kCommandLine,
    .fails =
        "--cuda-graph-impl local --cuda-graph-modules mamba "
        "--inference-dynamic-batching-num-cuda-graphs 0",
    .passes =
        "--cuda-graph-impl local --cuda-graph-modules mamba "
        "--inference-dynamic-batching-num-cuda-graphs -1",
};

}  // namespace nam56r::dialect::rules
