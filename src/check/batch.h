#pragma once

#include <cstdint>
#include <iosfwd>

#include "src/base/expected.h"
#include "src/dialect/release.h"

namespace nam56r::check {

struct BatchCounts {
  std::int64_t lines = 0;      ///< not counting those that are empty
  std::int64_t refused = 0;    ///< malformed ones included
  std::int64_t malformed = 0;  ///< no {"id","argv","world","env"}
};

/// Checks one {"id","argv","world","env"} a line and writes one object a line, in the same order:
/// that of ToJson() with the line's "id" first. "world" is 1 and "env" is empty unless given. A
/// line that is no such object, or is beyond the bounds below, gets an object whose only finding
/// says so (POLICY0912), and the batch goes on. Memory is bounded by the longest line that is
/// taken.
///
/// Error: CHECK0001, |out| takes no more.
base::Expected<BatchCounts> CheckBatch(const dialect::Release& release, std::istream& in,
                                       std::ostream& out);

/// Longest line of a batch, in bytes.
inline constexpr std::size_t kMostLineBytes = std::size_t{4} << 20;

}  // namespace nam56r::check
