#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kSparseAttentionContextParallel = {
    .code = "POLICY1301",
    .title = "Context parallelism of sparse attention",
    .dests = {"context_parallel_size", "experimental_attention_variant"},
    .refuses = [](const Args& a, const Args&) { return Cp(a) > 1 && Dsa(a); },
    .why = "does not share the sequences of sparse attention (DSA)",
    .fix = "set {context_parallel_size} to 1",
    .valid = "1",
    .source = kConfig,
    .stage = Stage::kBuild,
    .releases = {.until = 18},
    .fails =
        "gpt --multi-latent-attention --experimental-attention-variant dsa --dsa-indexer-n-"
        "heads 8 --dsa-indexer-head-dim 64 --dsa-indexer-topk 256 --no-rope-fusion --context-"
        "parallel-size 2",
    .passes =
        "gpt --multi-latent-attention --experimental-attention-variant dsa --dsa-indexer-n-"
        "heads 8 --dsa-indexer-head-dim 64 --dsa-indexer-topk 256 --no-rope-fusion",
};

}  // namespace nam56r::dialect::rules
