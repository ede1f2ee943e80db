#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kExpertWidthNeedsExperts = {
    .code = "POLICY1418",
    .title = "A width of experts where there are none",
    .dests = {"moe_ffn_hidden_size", "num_experts"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.IsNull("num_experts") && !a.IsNull("moe_ffn_hidden_size") &&
                 !(a.minor() >= 18 &&
                   (a.Int("moe_layer_freq", 1) > 1 || !a.Value("moe_layer_freq").is_number()));
        },
    .why = "has no experts whose width it could set",
    .fix = "leave {moe_ffn_hidden_size} out, or give {num_experts}",
    .valid = "not given",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails = "gpt !--num-experts --expert-model-parallel-size 1",
    .passes = "gpt !--num-experts !--moe-ffn-hidden-size --expert-model-parallel-size 1",
};

}  // namespace nam56r::dialect::rules
