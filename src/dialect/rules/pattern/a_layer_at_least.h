#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kALayerAtLeast = {
    .code = "PLAN1261",
    .title = "A model without layers",
    .dests = {"num_layers", "hybrid_layer_pattern"},
    .refuses =
        [](const Args& a, const Args&) {
          const bool of_pattern = !a.IsNull("hybrid_layer_pattern");  // PLAN1209
          return !of_pattern && !a.IsNull("num_layers") && a.Int("num_layers") <= 0;
        },
    .why = "scales the first weights by the number of layers, which must be 1 and more",
    .fix = "write 1 and more for {num_layers}",
    .valid = "1 and more",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails = "gpt --num-layers 0",
    .passes = "gpt --num-layers 16",
};

}  // namespace nam56r::dialect::rules
