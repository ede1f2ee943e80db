#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline bool BlocksDiffer(std::string_view pattern) {
  const std::vector<std::string_view> blocks = MtpBlocks(pattern);
  return std::any_of(blocks.begin(), blocks.end(),
                     [&](std::string_view block) { return block != blocks.front(); });
}

inline constexpr ArgumentRule kMtpBlocksAreEqual = {
    .code = "PLAN1206",
    .dests = {"hybrid_layer_pattern"},
    .refuses = [](const Args& a,
                  const Args&) { return BlocksDiffer(a.Text("hybrid_layer_pattern")); },
    .why = "repeats one MTP block for every depth",
    .fix = "write the same block at every '/'",
    .valid = "equal blocks",
    .source = "hybrid_layer_allocation.py:parse_hybrid_pattern",
    .releases = {.since = 17},
    .reach = Reach::kCommandLine,
};

}  // namespace nam56r::dialect::rules
