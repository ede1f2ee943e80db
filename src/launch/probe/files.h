#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nam56r::launch::probe {

/// The files of one machine, below |root|: "/" for this one, a folder for one that a test makes.
/// Paths are those that the machine itself has for them. Nothing here fails loudly: what cannot be
/// read is not there.
class Files {
 public:
  explicit Files(std::filesystem::path root) : root_(std::move(root)) {}

  /// Where |path| of that machine lies on this one.
  std::filesystem::path Here(const std::filesystem::path& path) const;

  /// The first |max_bytes| of it. Files of /proc and /sys say a size of 0 and are read all the
  /// same.
  std::optional<std::string> Read(const std::filesystem::path& path,
                                  std::size_t max_bytes = std::size_t{1} << 20) const;
  /// Its first line without the blanks at both ends.
  std::optional<std::string> Line(const std::filesystem::path& path) const;
  std::optional<std::int64_t> Number(const std::filesystem::path& path) const;
  /// Names in a folder, sorted; at most |most| are looked at.
  std::vector<std::string> Names(const std::filesystem::path& folder,
                                 std::size_t most = 100'000) const;
  bool Exists(const std::filesystem::path& path) const;
  bool IsFolder(const std::filesystem::path& path) const;
  bool IsFile(const std::filesystem::path& path) const;
  /// |path| without symbolic links, as the machine names it; nothing where it does not exist.
  std::optional<std::filesystem::path> Real(const std::filesystem::path& path) const;

 private:
  std::filesystem::path root_;
};

/// |text| without the blanks at both ends.
std::string Trimmed(std::string_view text);
/// A decimal number and nothing else.
std::optional<std::int64_t> ToNumber(std::string_view text);
/// Parts between |separator|, empty ones included.
std::vector<std::string> Split(std::string_view text, char separator);

}  // namespace nam56r::launch::probe
