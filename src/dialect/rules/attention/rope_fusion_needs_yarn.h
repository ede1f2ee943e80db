#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kRopeFusionNeedsYarn = {
    .code = "POLICY1307",
    .title = "Fused rotary embeddings of MLA without YaRN",
    .dests = {"apply_rope_fusion", "multi_latent_attention"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("apply_rope_fusion") && a.On("multi_latent_attention") &&
                 !a.IsNull("rope_type") && !a.Is("rope_type", "yarn");
        },
    .why = "fuses rotary embeddings of MLA with YaRN only",
    .fix = "turn off {apply_rope_fusion}, or choose yarn for {rope_type}",
    .valid = "false",
    .source = "transformer_config.py:MLATransformerConfig.__post_init__",
    .stage = Stage::kBuild,
    .fails = "--rope-type rope",
    .passes = "--rope-type rope --no-rope-fusion",
};

}  // namespace nam56r::dialect::rules
