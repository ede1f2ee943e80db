#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kEncoderLayers = {
    .code = "POLICY2812",
    .title = "Layers of an encoder beside those of the model",
    .dests = {"encoder_num_layers", "num_layers"},
    .refuses =
        [](const Args& a, const Args& raw) {
          return !raw.IsNull("encoder_num_layers") &&
                 (!raw.IsNull("num_layers") ||
                  (a.minor() >= 17 && !a.IsNull("hybrid_layer_pattern")));
        },
    .why = "takes the number of layers under one name",
    .fix = "leave {encoder_num_layers} out",
    .valid = "not given",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--encoder-num-layers 52",
    .passes = "--recompute-activations",
};

}  // namespace nam56r::dialect::rules
