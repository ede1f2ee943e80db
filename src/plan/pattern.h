#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/expected.h"

namespace nam56r::plan {

inline constexpr std::size_t kMaxPatternLength = 8192;  ///< bytes, '|' included
inline constexpr std::int64_t kMaxDepth = 4096;         ///< slots

/// A layer pattern as a person writes it: letters, cut into pieces by '|' or not at all.
struct Pattern {
  std::string letters;               ///< without '|'
  std::vector<std::int64_t> pieces;  ///< letters in each piece; their sum is letters.size()
  bool cut() const { return pieces.size() > 1; }
};

/// Where a pattern stands, and which letters may stand in it.
struct PatternSource {
  std::string_view text;
  std::string field;  ///< "model.pattern"
  base::SourceLocation at;
  std::string_view letters = "AEMRF";
  bool cuts = true;  ///< '|' is allowed
};

/// Any bytes are an acceptable question. Error: PLAN0001, one for each letter that is not known.
base::Expected<Pattern> ParsePattern(const PatternSource& source);

/// The letter of each of |depth| slots. A pattern without '|' is tiled, its last tile cut off where
/// the depth ends; one with '|' is the whole model. |depth| is in 1..kMaxDepth. Nothing when a
/// pattern with '|' has another number of letters.
std::string TileLetters(const Pattern& pattern, std::int64_t depth);

/// "A attention", "E experts", ... for the valid set of a refusal.
std::vector<std::string> LetterMeanings(std::string_view letters);

/// |text| in double quotes, bytes that are not printable ASCII as \xNN, shortened if long.
std::string Quoted(std::string_view text);

}  // namespace nam56r::plan
