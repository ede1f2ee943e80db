#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <string>
#include <string_view>

#include "src/base/expected.h"
#include "src/launch/unique_fd.h"

namespace nam56r::launch {

/// One rank's log, private and bounded: the beginning, because the root of a failure often stands
/// there, and the end. It starts as |path|, "rank-0.log"; when that part is full, "rank-0.1.log",
/// "rank-0.2.log", ... follow, each as large, and the oldest of these are removed. No file is ever
/// renamed, so that a log can be read at any moment. The last line says how many bytes were left
/// out.
class RankLog {
 public:
  static constexpr std::int64_t kParts = 4;  ///< the first and the last three

  /// |max_bytes| of all parts together; a part holds at least one line, however long that is.
  /// Error: LAUNCH0002 not writable.
  static base::Expected<RankLog> Open(const std::filesystem::path& path, std::int64_t max_bytes);

  /// Keeps |line| and a newline, both in one part.
  void AddLine(std::string_view line);
  /// Hands what was added to the kernel. 0, or the errno that ended the log (then for good).
  int Flush();
  /// Flush, and the last line if anything was left out.
  int Close();

  /// The first part.
  const std::filesystem::path& path() const { return path_; }

 private:
  RankLog(std::filesystem::path path, UniqueFd fd, std::int64_t max_bytes);

  void NextPart();
  std::filesystem::path PartPath(std::int64_t number) const;

  struct Part {
    std::int64_t number = 0;
    std::int64_t bytes = 0;
  };

  std::filesystem::path path_;
  UniqueFd fd_;
  std::int64_t max_bytes_;
  std::int64_t part_bytes_;
  std::int64_t number_ = 0;  // of the part that is written
  std::int64_t kept_ = 0;    // bytes of it, what is in |buffer_| included
  std::deque<Part> full_;    // parts after the first, oldest first
  std::int64_t left_out_ = 0;
  std::string buffer_;
  int error_ = 0;
};

}  // namespace nam56r::launch
