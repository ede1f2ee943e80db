#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kIndexerSharesItsChoice = {
    .code = "PLAN1323",
    .title = "A choice of the indexer that is shared over no layers",
    .dests = {"dsa_indexer_topk_freq", "dsa_indexer_skip_topk_offset",
              "experimental_attention_variant"},
    .refuses =
        [](const Args& a, const Args&) {
          return Dsa(a) && (a.Int("dsa_indexer_topk_freq", 1) < 1 ||
                            a.Int("dsa_indexer_skip_topk_offset") < 0);
        },
    .why = "computes the indexer on every so many layers from some layer on",
    .fix =
        "give {dsa_indexer_topk_freq} of 1 and more and {dsa_indexer_skip_topk_offset} of 0 "
        "and more",
    .source = kConfig,
    .stage = Stage::kBuild,
    .releases = {.since = 19},
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args&) -> Values { return AtLeast(1); },
    .fails =
        "gpt --multi-latent-attention --experimental-attention-variant dsa --no-rope-fusion "
        "--dsa-indexer-n-heads 8 --dsa-indexer-head-dim 64 --dsa-indexer-topk 256 --dsa-"
        "indexer-topk-freq 0",
    .passes =
        "gpt --multi-latent-attention --experimental-attention-variant dsa --no-rope-fusion "
        "--dsa-indexer-n-heads 8 --dsa-indexer-head-dim 64 --dsa-indexer-topk 256 --dsa-"
        "indexer-topk-freq 1",
};

}  // namespace nam56r::dialect::rules
