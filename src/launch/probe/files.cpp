#include "src/launch/probe/files.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>

#include "src/launch/unique_fd.h"

namespace nam56r::launch::probe {
namespace fs = std::filesystem;

fs::path Files::Here(const fs::path& path) const { return root_ / path.relative_path(); }

std::optional<std::string> Files::Read(const fs::path& path, std::size_t max_bytes) const {
  // O_NONBLOCK: a FIFO must not hold the probe up.
  const UniqueFd file(::open(Here(path).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file) return std::nullopt;
  std::string bytes;
  char piece[16 << 10];
  while (bytes.size() < max_bytes) {
    const ssize_t got = ::read(file.get(), piece, std::min(sizeof piece, max_bytes - bytes.size()));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::nullopt;
    if (got == 0) break;
    bytes.append(piece, static_cast<std::size_t>(got));
  }
  return bytes;
}

std::optional<std::string> Files::Line(const fs::path& path) const {
  auto text = Read(path, 4096);
  if (!text) return std::nullopt;
  return Trimmed(std::string_view(*text).substr(0, text->find('\n')));
}

std::optional<std::int64_t> Files::Number(const fs::path& path) const {
  const auto line = Line(path);
  return line ? ToNumber(*line) : std::nullopt;
}

std::vector<std::string> Files::Names(const fs::path& folder, std::size_t most) const {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator it(Here(folder), error), end; !error && it != end;
       it.increment(error)) {
    if (names.size() == most) break;
    names.push_back(it->path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

bool Files::Exists(const fs::path& path) const {
  std::error_code ignored;
  return fs::exists(Here(path), ignored);
}

bool Files::IsFolder(const fs::path& path) const {
  std::error_code ignored;
  return fs::is_directory(Here(path), ignored);
}

bool Files::IsFile(const fs::path& path) const {
  std::error_code ignored;
  return fs::is_regular_file(Here(path), ignored);
}

std::optional<fs::path> Files::Real(const fs::path& path) const {
  std::error_code error;
  const fs::path real = fs::canonical(Here(path), error);
  if (error) return std::nullopt;
  const fs::path root = fs::canonical(root_, error);
  if (error) return std::nullopt;
  const fs::path below = real.lexically_relative(root);
  if (below.empty() || *below.begin() == "..") return std::nullopt;
  return fs::path("/") / below;
}

std::string Trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(kBlanks) - first + 1));
}

std::optional<std::int64_t> ToNumber(std::string_view text) {
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || at != end || text.empty()) return std::nullopt;
  return value;
}

std::vector<std::string> Split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (;;) {
    const std::size_t at = text.find(separator);
    parts.emplace_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

}  // namespace nam56r::launch::probe
