#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kLatentCacheIsForInference = {
    .code = "POLICY1330",
    .title = "A cache of latents in training",
    .dests = {"cache_mla_latents", "multi_latent_attention"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("cache_mla_latents") && a.On("multi_latent_attention") && !a.On("skip_train");
        },
    .why = "caches the latents of MLA in inference only and stops in the first step of training",
    .fix = "turn off {cache_mla_latents}",
    .valid = "false",
    .source = "multi_latent_attention.py:MultiLatentAttention.forward",
    .stage = Stage::kRun,
    .reach = Reach::kCommandLine,
    .fails = "--cache-mla-latents --no-rope-fusion",
    .passes = "",
};

}  // namespace nam56r::dialect::rules
