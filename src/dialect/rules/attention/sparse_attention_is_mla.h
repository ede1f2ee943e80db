#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kSparseAttentionIsMla = {
    .code = "PLAN1322",
    .title = "Sparse attention without MLA",
    .dests = {"experimental_attention_variant", "multi_latent_attention"},
    .refuses =
        [](const Args& a, const Args&) {
          return !Hybrid(a) && a.Is("experimental_attention_variant", "dsa") &&
                 !a.On("multi_latent_attention");
        },
    .why = "has sparse attention in MLA only",
    .fix = "turn on {multi_latent_attention}",
    .valid = "not given",
    .source = "experimental_attention_variant_module_specs.py:get_dsa_module_spec_for_backend",
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails =
        "gpt --multi-latent-attention --experimental-attention-variant dsa --no-rope-fusion "
        "--dsa-indexer-n-heads 8 --dsa-indexer-head-dim 64 --dsa-indexer-topk 256 !--multi-"
        "latent-attention",
    .passes =
        "gpt --multi-latent-attention --experimental-attention-variant dsa --no-rope-fusion "
        "--dsa-indexer-n-heads 8 --dsa-indexer-head-dim 64 --dsa-indexer-topk 256",
};

}  // namespace nam56r::dialect::rules
