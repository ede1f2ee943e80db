#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOneNumberOfLayers = {
    .code = "POLICY1220",
    .title = "Two numbers of layers",
    .dests = {"encoder_num_layers", "num_layers"},
    .refuses =
        [](const Args& a, const Args& raw) {
          return !raw.IsNull("encoder_num_layers") && !a.IsNull("num_layers") &&
                 (!raw.IsNull("num_layers") || (a.minor() >= 17 && Hybrid(a)));
        },
    .why = "copies one number of layers to the other and takes one of them only",
    .fix = "leave {encoder_num_layers} out",
    .valid = "not given",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "gpt --encoder-num-layers 16",
    .passes = "gpt",
};

}  // namespace nam56r::dialect::rules
