#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "src/base/expected.h"
#include "src/launch/unique_fd.h"

namespace nam56r::launch {

/// One rank's log file, private and bounded. What is over the bound is counted; the last line says
/// how many bytes were left out.
class RankLog {
 public:
  /// Error: LAUNCH0002 not writable.
  static base::Expected<RankLog> Open(const std::filesystem::path& path, std::int64_t max_bytes);

  /// Keeps |line| and a newline, or nothing of it. Once a line did not fit, none is kept.
  void AddLine(std::string_view line);
  /// Hands what was added to the kernel. 0, or the errno that ended the log (then for good).
  int Flush();
  /// Flush, and the last line if anything was left out.
  int Close();

  const std::filesystem::path& path() const { return path_; }

 private:
  RankLog(std::filesystem::path path, UniqueFd fd, std::int64_t max_bytes);

  std::filesystem::path path_;
  UniqueFd fd_;
  std::int64_t max_bytes_;
  std::int64_t kept_ = 0;
  std::int64_t left_out_ = 0;
  std::string buffer_;
  int error_ = 0;
};

}  // namespace nam56r::launch
