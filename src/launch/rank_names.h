#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace nam56r::launch {

/// "rank 3", "ranks 0 and 2", "ranks 0-5, 7 and 9"; |ranks| ascending, each once.
std::string RankNames(const std::vector<std::int64_t>& ranks);

}  // namespace nam56r::launch
