#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/offload.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOffloadedLayers = {
    .code = "POLICY1867",
    .title = "Graph of layers in host memory",
    .dests = {"cpu_offloading_num_layers", "cuda_graph_impl"},
    .refuses =
        [](const Args& a, const Args&) {
          return OffloadsLayers(a) && Graphs(a) && !(a.minor() >= 18 && FullIteration(a));
        },
    .why = "captures no layers whose activations move to host memory",
    .fix = "leave {cpu_offloading_num_layers} out",
    .valid = "0",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails =
        "--cpu-offloading-num-layers 4 --cuda-graph-impl transformer_engine --cuda-graph-modules "
        "mamba",
    .passes = "--cpu-offloading-num-layers 4",
};

}  // namespace nam56r::dialect::rules
