#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/offload.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOffloadOrRecompute = {
    .code = "POLICY1763",
    .title = "Layers in host memory and recompute",
    .dests = {"cpu_offloading_num_layers", "recompute_granularity"},
    .refuses =
        [](const Args& a, const Args& raw) {
          return OffloadsLayers(a) &&
                 (raw.On("recompute_activations") || !raw.IsNull("recompute_granularity"));
        },
    .why = "moves activations to host memory or computes them again",
    .fix = "keep one of them",
    .valid = "0",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails = "--cpu-offloading-num-layers 4 --recompute-granularity selective",
    .passes = "--cpu-offloading-num-layers 4",
};

}  // namespace nam56r::dialect::rules
