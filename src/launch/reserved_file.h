#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "src/launch/unique_fd.h"

namespace nam56r::launch {

/// A private file whose room on the disk was taken beforehand, so that it can be written when the
/// disk is full.
class ReservedFile {
 public:
  /// Makes a hidden file of |bytes| in |directory|. Nothing and errno where that fails; a file
  /// system that cannot reserve has a plain file.
  static std::optional<ReservedFile> Make(const std::filesystem::path& directory,
                                          std::int64_t bytes);

  /// Writes |text| into it and gives it its name, in one step for readers; a failed one may be
  /// tried again with less. Answers 0 or the error's number.
  int Publish(std::string_view text, const std::string& name);

 private:
  ReservedFile(std::filesystem::path directory, UniqueFd fd);

  std::filesystem::path directory_;
  UniqueFd fd_;
};

}  // namespace nam56r::launch
