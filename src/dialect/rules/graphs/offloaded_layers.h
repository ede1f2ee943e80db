#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOffloadedLayers = {
    .code = "POLICY1821",
    .title = "Graphs of layers that are kept in host memory",
    .dests = {"cuda_graph_impl", "cpu_offloading_num_layers"},
    .refuses =
        [](const Args& a, const Args&) {
          return Graphs(a) && a.Int("cpu_offloading_num_layers") > 0 &&
                 !(a.minor() >= 18 && FullIteration(a));
        },
    .why = "captures no layers whose activations move to host memory",
    .fix = "choose none for {cuda_graph_impl}, or set {cpu_offloading_num_layers} to 0",
    .valid = "none",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails =
        "--cpu-offloading-num-layers 4 --cuda-graph-impl transformer_engine --cuda-graph-modules "
        "attn",
    .passes = "--cuda-graph-impl transformer_engine --cuda-graph-modules attn",
};

}  // namespace nam56r::dialect::rules
