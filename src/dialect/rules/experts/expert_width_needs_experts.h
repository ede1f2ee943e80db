#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kExpertWidthNeedsExperts = {
    .code = "POLICY1418",
    .dests = {"moe_ffn_hidden_size", "num_experts"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.IsNull("num_experts") && !a.IsNull("moe_ffn_hidden_size") &&
                 !(a.minor() >= 18 &&
                   (a.Int("moe_layer_freq", 1) > 1 || !a.Value("moe_layer_freq").is_number()));
        },
    .why = "has no experts whose width it could set",
    .fix = "give {num_experts}",
    .valid = "not given",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
};

}  // namespace nam56r::dialect::rules
