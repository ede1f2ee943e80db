#include "src/launch/rank_names.h"

#include <cstddef>

namespace nam56r::launch {

std::string RankNames(const std::vector<std::int64_t>& ranks) {
  std::vector<std::string> runs;
  for (std::size_t i = 0; i < ranks.size();) {
    std::size_t last = i;
    while (last + 1 < ranks.size() && ranks[last + 1] == ranks[last] + 1) ++last;
    if (last - i < 2) last = i;  // "0 and 1", not "0-1"
    runs.push_back(std::to_string(ranks[i]));
    if (last > i) runs.back() += "-" + std::to_string(ranks[last]);
    i = last + 1;
  }
  std::string text = ranks.size() == 1 ? "rank " : "ranks ";
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (i > 0) text += i + 1 == runs.size() ? " and " : ", ";
    text += runs[i];
  }
  return text;
}

}  // namespace nam56r::launch
