#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "src/launch/probe/files.h"

namespace nam56r::launch::probe {

/// SHA-256 of large files that seldom change, kept between probes: a digest is taken again when
/// device, inode, size, or either of the times of modification and change is another. Somebody who
/// writes a file without changing any of these is not noticed.
class DigestStore {
 public:
  /// |file| empty: nothing is kept. One that cannot be read is as an empty one.
  DigestStore(const Files& files, std::filesystem::path file,
              std::chrono::steady_clock::time_point deadline);

  /// Nothing where the file cannot be read, or the deadline is over and the digest is not known.
  std::optional<std::string> Of(const std::filesystem::path& path);
  /// Keeps what was taken new. A store that cannot be written is one that is slow next time.
  void Save() const;

 private:
  const Files& files_;
  std::filesystem::path file_;
  std::chrono::steady_clock::time_point deadline_;
  nlohmann::json known_ = nlohmann::json::object();
  bool changed_ = false;
};

}  // namespace nam56r::launch::probe
