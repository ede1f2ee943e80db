#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kIndexerLeavesSomethingOut = {
    .code = "PLAN1325",
    .title = "An indexer that chooses every position",
    .dests = {"dsa_indexer_topk", "seq_length"},
    .refuses =
        [](const Args& a, const Args&) {
          return SparseLayers(a) && !a.IsNull("dsa_indexer_topk") && a.Int("seq_length") > 0 &&
                 a.Int("dsa_indexer_topk") >= a.Int("seq_length");
        },
    .why =
        "chooses as many positions as the sequence has: attention is dense and pays for the "
        "indexer",
    .fix = "choose {dsa_indexer_topk} below {seq_length}",
    .source = "dsa.py:fused_qk_topk_naive",
    .stage = Stage::kRun,
    .severity = base::Severity::kWarning,
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args& a) -> Values { return Range(1, a.Int("seq_length") - 1); },
    .fails =
        "gpt --multi-latent-attention --experimental-attention-variant dsa --no-rope-fusion "
        "--dsa-indexer-n-heads 8 --dsa-indexer-head-dim 64 --dsa-indexer-topk 256 --dsa-"
        "indexer-topk 4096",
    .passes =
        "gpt --multi-latent-attention --experimental-attention-variant dsa --no-rope-fusion "
        "--dsa-indexer-n-heads 8 --dsa-indexer-head-dim 64 --dsa-indexer-topk 256 --dsa-"
        "indexer-topk 2048",
};

}  // namespace nam56r::dialect::rules
