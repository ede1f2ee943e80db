#pragma once

#include <cstddef>
#include <istream>
#include <ostream>

#include "src/base/expected.h"

namespace nam56r::launch::why {

/// Answers each {"id","text"} line of |in| with a line of |out|: the answer (why.h) with the id. A
/// line that is none is answered by {"id","error"}, and counted.
struct BatchCounts {
  std::size_t answered = 0;
  std::size_t abstained = 0;
  std::size_t unreadable = 0;
};
base::Expected<BatchCounts> ExplainBatch(std::istream& in, std::ostream& out);

}  // namespace nam56r::launch::why
