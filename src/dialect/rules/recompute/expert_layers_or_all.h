#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kExpertLayersOrAll = {
    .code = "POLICY1765",
    .title = "Recompute of expert layers in layers that are recomputed whole",
    .dests = {"moe_layer_recompute", "recompute_granularity"},
    .refuses =
        [](const Args& a, const Args& raw) {
          return a.On("moe_layer_recompute") && raw.Is("recompute_granularity", "full") &&
                 !raw.On("recompute_activations");
        },
    .why = "recomputes expert layers by --moe-layer-recompute in selective recompute only",
    .fix = "leave {moe_layer_recompute} out",
    .valid = "false",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails =
        "--moe-layer-recompute --recompute-granularity full --recompute-method uniform "
        "--recompute-num-layers 1",
    .passes = "--recompute-granularity full --recompute-method uniform --recompute-num-layers 1",
};

}  // namespace nam56r::dialect::rules
