#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kIndexerOffset = {
    .code = "PLAN1366",
    .title = "Sparse layers that begin to choose keys before the first layer",
    .dests = {"dsa_indexer_skip_topk_offset", "experimental_attention_variant"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.Is("experimental_attention_variant", "dsa") &&
                 a.Int("dsa_indexer_skip_topk_offset") < 0;
        },
    .why = "begins to choose the keys of sparse attention at a layer of 0 and above",
    .fix = "write 0",
    .valid = "0 and more",
    .source = kConfig,
    .stage = Stage::kBuild,
    .releases = {.since = 19},
    .reach = Reach::kCommandLine,
    .fails =
        "--experimental-attention-variant dsa --no-rope-fusion --dsa-indexer-skip-topk-offset -1",
    .passes = "--experimental-attention-variant dsa --no-rope-fusion",
};

}  // namespace nam56r::dialect::rules
