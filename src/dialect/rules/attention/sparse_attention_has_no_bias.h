#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kSparseAttentionHasNoBias = {
    .code = "PLAN1320",
    .title = "Biases in sparse attention",
    .dests = {"add_bias_linear", "experimental_attention_variant", "hybrid_layer_pattern"},
    .refuses = [](const Args& a, const Args&) { return a.On("add_bias_linear") && Dsa(a); },
    .why = "has no biases in sparse attention",
    .fix = "give --disable-bias-linear",
    .valid = "false",
    .source = kConfig,
    .stage = Stage::kBuild,
    .releases = {.since = 19},
    .reach = Reach::kCommandLine,
    .fails =
        "gpt --multi-latent-attention --experimental-attention-variant dsa --no-rope-fusion "
        "--dsa-indexer-n-heads 8 --dsa-indexer-head-dim 64 --dsa-indexer-topk 256 !--disable-"
        "bias-linear --expert-tensor-parallel-size 1",
    .passes =
        "gpt --multi-latent-attention --experimental-attention-variant dsa --no-rope-fusion "
        "--dsa-indexer-n-heads 8 --dsa-indexer-head-dim 64 --dsa-indexer-topk 256",
};

}  // namespace nam56r::dialect::rules
