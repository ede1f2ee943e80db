#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kIndexerRotatesBf16 = {
    .code = "POLICY1326",
    .title = "An indexer that is not BF16",
    .dests = {"bf16", "dsa_indexer_rotate_activation", "experimental_attention_variant"},
    .refuses =
        [](const Args& a, const Args&) {
          return SparseLayers(a) && !a.On("bf16") &&
                 (a.minor() < 19 || a.On("dsa_indexer_rotate_activation"));
        },
    .why = "rotates what the indexer sees by a Hadamard transform, in BF16 only",
    .fix = "give {bf16}",
    .valid = "true",
    .source = "dsa.py:rotate_activation",
    .stage = Stage::kRun,
    .reach = Reach::kCommandLine,
    .fails =
        "gpt --multi-latent-attention --experimental-attention-variant dsa --no-rope-fusion "
        "--dsa-indexer-n-heads 8 --dsa-indexer-head-dim 64 --dsa-indexer-topk 256 !--bf16 "
        "--fp16",
    .passes =
        "gpt --multi-latent-attention --experimental-attention-variant dsa --no-rope-fusion "
        "--dsa-indexer-n-heads 8 --dsa-indexer-head-dim 64 --dsa-indexer-topk 256",
};

}  // namespace nam56r::dialect::rules
