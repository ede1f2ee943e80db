#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kRopeFusionAndSparseAttention = {
    .code = "POLICY1308",
    .title = "Fused rotary embeddings in sparse attention",
    .dests = {"apply_rope_fusion", "experimental_attention_variant"},
    .refuses =
        [](const Args& a, const Args&) {
          const bool dsa =
              a.Is("experimental_attention_variant", "dsa") ||
              (a.minor() >= 18 && a.Text("hybrid_layer_pattern").find('D') != std::string::npos);
          const bool said = a.On("multi_latent_attention") && !a.IsNull("rope_type") &&
                            !a.Is("rope_type", "yarn");  // by the rule above
          return a.On("apply_rope_fusion") && dsa && !said;
        },
    .why = "fuses no rotary embeddings of sparse attention (DSA)",
    .fix = "turn off {apply_rope_fusion}",
    .valid = "false",
    .source = kConfig,
    .stage = Stage::kBuild,
    .fails =
        "gpt --multi-latent-attention --experimental-attention-variant dsa --dsa-indexer-n-"
        "heads 8 --dsa-indexer-head-dim 64 --dsa-indexer-topk 256",
    .passes =
        "gpt --multi-latent-attention --experimental-attention-variant dsa --dsa-indexer-n-"
        "heads 8 --dsa-indexer-head-dim 64 --dsa-indexer-topk 256 --no-rope-fusion",
};

}  // namespace nam56r::dialect::rules
