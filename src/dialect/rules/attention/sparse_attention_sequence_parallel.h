#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kSparseAttentionSequenceParallel = {
    .code = "POLICY1321",
    .title = "Sparse attention over TP ranks without sequence parallelism",
    .dests = {"sequence_parallel", "tensor_model_parallel_size", "experimental_attention_variant",
              "hybrid_layer_pattern"},
    .refuses =
        [](const Args& a, const Args&) {
          return SparseLayers(a) && Tp(a) > 1 && !a.On("sequence_parallel");
        },
    .why = "shares sparse attention over TP ranks with sequence parallelism only",
    .fix = "turn on {sequence_parallel}",
    .valid = "true",
    .source = "absorbed_mla.py:AbsorbedMLASelfAttention.__init__",
    .stage = Stage::kBuild,
    .releases = {.since = 19},
    .fails =
        "gpt --multi-latent-attention --experimental-attention-variant dsa --no-rope-fusion "
        "--dsa-indexer-n-heads 8 --dsa-indexer-head-dim 64 --dsa-indexer-topk 256 !--"
        "sequence-parallel",
    .passes =
        "gpt --multi-latent-attention --experimental-attention-variant dsa --no-rope-fusion "
        "--dsa-indexer-n-heads 8 --dsa-indexer-head-dim 64 --dsa-indexer-topk 256",
};

}  // namespace nam56r::dialect::rules
