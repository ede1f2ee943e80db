#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

// Number of a layer D that takes the choice of a layer which has none; 0: none.
inline std::int64_t LayerWithoutSource(const Args& a) {
  const std::int64_t freq = a.Int("dsa_indexer_topk_freq", 1);
  if (freq <= 1) return 0;
  const std::int64_t first = std::max<std::int64_t>(a.Int("dsa_indexer_skip_topk_offset"), 1);
  const std::string pattern = LayerPattern(a);
  std::string piece;  // symbols since the last cut
  std::int64_t number = 0;
  for (char symbol : std::string_view(pattern).substr(0, pattern.find('/'))) {
    if (symbol == '|') {
      piece.clear();
      continue;
    }
    ++number;
    piece += symbol;
    if (symbol != 'D' || number <= first) continue;
    const std::int64_t back = (number - first) % freq;
    const auto length = static_cast<std::int64_t>(piece.size());
    if (back >= length || piece[static_cast<std::size_t>(length - 1 - back)] != 'D') return number;
  }
  return 0;
}

inline constexpr ArgumentRule kSharedChoiceHasASource = {
    .code = "PLAN1338",
    .title = "A layer of sparse attention that shares the choice of a layer without one",
    .dests = {"dsa_indexer_topk_freq", "dsa_indexer_skip_topk_offset", "hybrid_layer_pattern"},
    .refuses = [](const Args& a, const Args&) { return LayerWithoutSource(a) > 0; },
    .why =
        "numbers the layers of the pattern from 1, whatever they are: every layer D that does"
        " not compute its choice takes that of the layer which the frequency names, and it "
        "must be a D of the same piece of the pipeline",
    .fix =
        "choose a {dsa_indexer_topk_freq} and a {dsa_indexer_skip_topk_offset} whose "
        "computing layers are D, or 1",
    .valid = "1",
    .source = "dsa.py:DSAttention.forward",
    .stage = Stage::kRun,
    .releases = {.since = 19},
    .reach = Reach::kCommandLine,
    .fails =
        "--hybrid-layer-pattern DEMEDEME --no-rope-fusion --dsa-indexer-n-heads 8 --dsa-"
        "indexer-head-dim 64 --dsa-indexer-topk 256 --dsa-indexer-topk-freq 2 --dsa-indexer-"
        "skip-topk-offset 2",
    .passes =
        "--hybrid-layer-pattern DEMEDEME --no-rope-fusion --dsa-indexer-n-heads 8 --dsa-"
        "indexer-head-dim 64 --dsa-indexer-topk 256 --dsa-indexer-topk-freq 4",
};

}  // namespace nam56r::dialect::rules
