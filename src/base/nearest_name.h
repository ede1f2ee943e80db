#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace nam56r::base {

/// Levenshtein distance with transposition of neighbours counting one.
std::size_t EditDistance(std::string_view a, std::string_view b);

/// The candidate that |name| most likely meant, or nothing when none is near (more than a third of
/// its letters would change). Ties go to the earlier candidate.
std::optional<std::string> NearestName(std::string_view name,
                                       std::span<const std::string> candidates);

}  // namespace nam56r::base
