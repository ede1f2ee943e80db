#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kIndexerHoldsPositions = {
    .code = "PLAN1324",
    .title = "An indexer head narrower than its positions",
    .dests = {"dsa_indexer_head_dim", "qk_pos_emb_head_dim"},
    .refuses =
        [](const Args& a, const Args&) {
          return SparseLayers(a) && !a.IsNull("dsa_indexer_head_dim") &&
                 a.Int("dsa_indexer_head_dim") < a.Int("qk_pos_emb_head_dim", 64);
        },
    .why = "splits {qk_pos_emb_head_dim} channels with positions off every head of the indexer",
    .fix = "choose {dsa_indexer_head_dim} of at least {qk_pos_emb_head_dim}",
    .source = "dsa.py:DSAIndexer",
    .stage = Stage::kRun,
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args& a) -> Values { return AtLeast(a.Int("qk_pos_emb_head_dim", 64)); },
    .fails =
        "gpt --multi-latent-attention --experimental-attention-variant dsa --no-rope-fusion "
        "--dsa-indexer-n-heads 8 --dsa-indexer-head-dim 64 --dsa-indexer-topk 256 --dsa-"
        "indexer-head-dim 32",
    .passes =
        "gpt --multi-latent-attention --experimental-attention-variant dsa --no-rope-fusion "
        "--dsa-indexer-n-heads 8 --dsa-indexer-head-dim 64 --dsa-indexer-topk 256 --dsa-"
        "indexer-head-dim 128",
};

}  // namespace nam56r::dialect::rules
