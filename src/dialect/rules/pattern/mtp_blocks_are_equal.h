#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

inline bool BlocksDiffer(std::string_view pattern) {
  const std::vector<std::string_view> blocks = MtpBlocks(pattern);
  return std::any_of(blocks.begin(), blocks.end(),
                     [&](std::string_view block) { return block != blocks.front(); });
}

inline constexpr ArgumentRule kMtpBlocksAreEqual = {
    .code = "PLAN1206",
    .title = "MTP blocks that differ",
    .dests = {"hybrid_layer_pattern"},
    .refuses = [](const Args& a,
                  const Args&) { return BlocksDiffer(a.Text("hybrid_layer_pattern")); },
    .why = "repeats one MTP block for every depth",
    .fix = "write the same block at every '/'",
    .source = "hybrid_layer_allocation.py:parse_hybrid_pattern",
    .releases = {.since = 17},
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args& a) -> Values {
      const std::string pattern = a.Text("hybrid_layer_pattern");
      const std::vector<std::string_view> blocks = MtpBlocks(pattern);
      std::string equal = pattern.substr(0, pattern.find('/'));
      for (std::size_t i = 0; i < blocks.size(); ++i) equal.append(1, '/').append(blocks.front());
      return {equal};
    },
    .fails = "--hybrid-layer-pattern MEME/ME/M",
    .passes = "--hybrid-layer-pattern MEME/ME/ME",
};

}  // namespace nam56r::dialect::rules
