#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOffloadingOrRecompute = {
    .code = "POLICY1717",
    .title = "Layers in host memory and recompute",
    .dests = {"cpu_offloading_num_layers", "recompute_granularity"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.Int("cpu_offloading_num_layers") > 0 && !a.IsNull("recompute_granularity");
        },
    .why = "keeps the activations of layers in host memory, or recomputes them",
    .fix = "set {cpu_offloading_num_layers} to 0, or leave {recompute_granularity} out",
    .valid = "0",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails =
        "--cpu-offloading-num-layers 4 --recompute-granularity selective --recompute-modules "
        "moe_act",
    .passes = "--cpu-offloading-num-layers 4",
};

}  // namespace nam56r::dialect::rules
