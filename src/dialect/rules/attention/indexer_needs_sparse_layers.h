#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline std::string_view GivenIndexerSize(const Args& raw) {
  for (std::string_view dest :
       {"dsa_indexer_topk", "dsa_indexer_n_heads", "dsa_indexer_head_dim"}) {
    if (raw.Given(dest)) return dest;
  }
  return {};
}

inline constexpr ArgumentRule kIndexerNeedsSparseLayers = {
    .code = "PLAN1318",
    .title = "Sizes of an indexer without sparse attention",
    .dests = {"dsa_indexer_topk", "dsa_indexer_n_heads", "dsa_indexer_head_dim",
              "hybrid_layer_pattern", "experimental_attention_variant"},
    .refuses = [](const Args& a,
                  const Args& raw) { return !SparseLayers(a) && !GivenIndexerSize(raw).empty(); },
    .why = "has no layer of sparse attention for an indexer: attention stays dense",
    .fix =
        "write D into the pattern (0.18 and later), or leave {dsa_indexer_topk}, "
        "{dsa_indexer_n_heads} and {dsa_indexer_head_dim} out",
    .valid = "not given",
    .source = "dsa.py:DSAIndexer.__init__",
    .stage = Stage::kRun,
    .severity = base::Severity::kWarning,
    .reach = Reach::kCommandLine,
    .blamed_of = [](const Args&, const Args& raw) { return GivenIndexerSize(raw); },
    .fails = "--dsa-indexer-topk 256",
    .passes = "",
};

}  // namespace nam56r::dialect::rules
