#include "src/launch/reserved_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace nam56r::launch {
namespace {

constexpr const char* kHiddenName = ".reserved";

}  // namespace

ReservedFile::ReservedFile(std::filesystem::path directory, UniqueFd fd)
    : directory_(std::move(directory)), fd_(std::move(fd)) {}

std::optional<ReservedFile> ReservedFile::Make(const std::filesystem::path& directory,
                                               std::int64_t bytes) {
  const std::filesystem::path path = directory / kHiddenName;
  UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!fd) return std::nullopt;
  const int error = ::posix_fallocate(fd.get(), 0, bytes);
  if (error != 0 && error != EINVAL && error != EOPNOTSUPP) {
    ::unlink(path.c_str());
    errno = error;
    return std::nullopt;
  }
  return ReservedFile(directory, std::move(fd));
}

int ReservedFile::Publish(std::string_view text, const std::string& name) {
  std::int64_t at = 0;
  while (at < static_cast<std::int64_t>(text.size())) {
    const std::string_view rest = text.substr(static_cast<std::size_t>(at));
    const ssize_t written = ::pwrite(fd_.get(), rest.data(), rest.size(), at);
    if (written < 0 && errno != EINTR) return errno;
    if (written > 0) at += written;
  }
  if (::ftruncate(fd_.get(), at) != 0 || ::fsync(fd_.get()) != 0) return errno;
  const std::filesystem::path from = directory_ / kHiddenName;
  const std::filesystem::path to = directory_ / name;
  return ::rename(from.c_str(), to.c_str()) == 0 ? 0 : errno;
}

}  // namespace nam56r::launch
