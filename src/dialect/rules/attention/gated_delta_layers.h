#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kGatedDeltaLayers = {
    .code = "PLAN1314",
    .title = "Gated delta networks on layers that are not told",
    .dests = {"experimental_attention_variant", "linear_attention_freq"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.Is("experimental_attention_variant", "gated_delta_net") &&
                 a.IsNull("linear_attention_freq");
        },
    .why = "is not told which layers are gated delta networks",
    .fix =
        "give {linear_attention_freq}; in a hybrid pattern leave "
        "{experimental_attention_variant} out and write G",
    .valid = "dsa",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails = "gpt --experimental-attention-variant gated_delta_net",
    .passes = "gpt --experimental-attention-variant gated_delta_net --linear-attention-freq 4",
};

}  // namespace nam56r::dialect::rules
