#pragma once

#include <chrono>
#include <ostream>
#include <string>

namespace nam56r::cli {

/// One line at the bottom of a terminal that is drawn over itself; other lines pass above it.
class LiveLine {
 public:
  explicit LiveLine(std::ostream& terminal) : terminal_(terminal) {}
  ~LiveLine() { Clear(); }
  LiveLine(const LiveLine&) = delete;
  LiveLine& operator=(const LiveLine&) = delete;

  /// Redraws at most ten times a second.
  void Draw(const std::string& line);
  /// Prints |line| for good, above the live one.
  void Print(const std::string& line);
  void Clear();

 private:
  std::ostream& terminal_;
  std::string shown_;
  std::chrono::steady_clock::time_point drawn_at_{};
};

}  // namespace nam56r::cli
