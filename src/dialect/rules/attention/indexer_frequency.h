#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kIndexerFrequency = {
    .code = "PLAN1365",
    .title = "Sparse layers that choose keys at no layer",
    .dests = {"dsa_indexer_topk_freq", "experimental_attention_variant"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.Is("experimental_attention_variant", "dsa") &&
                 a.Int("dsa_indexer_topk_freq", 1) < 1;
        },
    .why =
        "chooses the keys of sparse attention anew at every so many layers, at least at every one",
    .fix = "write 1",
    .valid = "1 and more",
    .source = kConfig,
    .stage = Stage::kBuild,
    .releases = {.since = 19},
    .reach = Reach::kCommandLine,
    .fails = "--experimental-attention-variant dsa --no-rope-fusion --dsa-indexer-topk-freq 0",
    .passes = "--experimental-attention-variant dsa --no-rope-fusion",
};

}  // namespace nam56r::dialect::rules
