#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kLayerRecomputeIsSelective = {
    .code = "POLICY1715",
    .title = "--moe-layer-recompute beside full recompute",
    .dests = {"moe_layer_recompute", "recompute_granularity"},
    .refuses =
        [](const Args&, const Args& raw) {
          return raw.On("moe_layer_recompute") && raw.Is("recompute_granularity", "full");
        },
    .why =
        "takes --moe-layer-recompute for selective recompute of moe, which full recompute excludes",
    .fix = "leave {moe_layer_recompute} out",
    .valid = "false",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails =
        "gpt --moe-layer-recompute --recompute-granularity full --recompute-method uniform "
        "--recompute-num-layers 1",
    .passes =
        "gpt --recompute-granularity full --recompute-method uniform --recompute-num-layers 1",
};

}  // namespace nam56r::dialect::rules
