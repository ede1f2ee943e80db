#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kCachedLatents = {
    .code = "POLICY1369",
    .title = "Cached latents with fused rotary embeddings",
    .dests = {"cache_mla_latents", "apply_rope_fusion", "multi_latent_attention"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("cache_mla_latents") && a.On("multi_latent_attention") &&
                 a.On("apply_rope_fusion");
        },
    .why =
        "caches the latents of MLA without fused rotary embeddings only, which are on by default",
    .fix = "give --no-rope-fusion, or leave {cache_mla_latents} out",
    .valid = "false",
    .source = "transformer_config.py:MLATransformerConfig.__post_init__",
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails = "--cache-mla-latents",
    .passes = "--cache-mla-latents --no-rope-fusion --skip-train",
};

}  // namespace nam56r::dialect::rules
