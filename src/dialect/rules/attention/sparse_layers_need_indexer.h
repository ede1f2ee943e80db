#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kSparseLayersNeedIndexer = {
    .code = "PLAN1317",
    .title = "Sparse attention without the sizes of its indexer",
    .dests = {"dsa_indexer_head_dim", "dsa_indexer_n_heads", "dsa_indexer_topk",
              "hybrid_layer_pattern", "experimental_attention_variant"},
    .refuses =
        [](const Args& a, const Args&) {
          return SparseLayers(a) &&
                 (a.IsNull("dsa_indexer_head_dim") || a.IsNull("dsa_indexer_n_heads") ||
                  a.IsNull("dsa_indexer_topk"));
        },
    .why =
        "builds an indexer for each layer of sparse attention and calculates with sizes that "
        "nobody gave",
    .fix = "give {dsa_indexer_head_dim}, {dsa_indexer_n_heads} and {dsa_indexer_topk}",
    .source = "dsa.py:DSAIndexer.__init__",
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args&) -> Values { return AtLeast(1); },
    .fails = "gpt --multi-latent-attention --experimental-attention-variant dsa --no-rope-fusion",
    .passes =
        "gpt --multi-latent-attention --experimental-attention-variant dsa --no-rope-fusion "
        "--dsa-indexer-n-heads 8 --dsa-indexer-head-dim 64 --dsa-indexer-topk 256",
};

}  // namespace nam56r::dialect::rules
