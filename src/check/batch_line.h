#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/expected.h"
#include "src/dialect/effective_args.h"

namespace nam56r::check {

/// One line of a batch.
struct BatchLine {
  std::string id = "null";  ///< as JSON
  std::vector<std::string> argv;
  dialect::Surroundings surroundings;
};

/// Reads lines of a batch; keeps its buffers from one to the next.
class BatchLineReader {
 public:
  BatchLineReader();
  ~BatchLineReader();

  /// {"id", "argv": ["--bf16", ...], "world": 8, "env": {"NAME": "value"}}; other members are not
  /// looked at. False: it is none, and |why| says what is wrong; |line| has the id if that could be
  /// read. |text| is copied.
  bool Read(std::string_view text, BatchLine& line, std::string& why);

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace nam56r::check
