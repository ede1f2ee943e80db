#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kGatedDeltaActivation = {
    .code = "PLAN1512",
    .title = "A gated delta network without SiLU",
    .dests = {"swiglu", "squared_relu", "deterministic_mode", "hybrid_layer_pattern",
              "experimental_attention_variant"},
    .refuses =
        [](const Args& a, const Args&) {
          return GatedDeltaLayers(a) && !a.On("swiglu") && !a.On("deterministic_mode");
        },
    .why =
        "convolves with SiLU in a gated delta network and stops in the first forward where "
        "the model has another activation",
    .fix = "give {swiglu}",
    .valid = "true",
    .source = "gated_delta_net.py:GatedDeltaNet.forward",
    .stage = Stage::kRun,
    .reach = Reach::kCommandLine,
    .fails =
        "gpt --experimental-attention-variant gated_delta_net --linear-attention-freq 4 !--"
        "swiglu",
    .passes = "gpt --experimental-attention-variant gated_delta_net --linear-attention-freq 4",
};

}  // namespace nam56r::dialect::rules
