#include "src/launch/rank_log.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "src/launch/host_error.h"

namespace nam56r::launch {
namespace {

UniqueFd OpenPart(const std::filesystem::path& path) {
  return UniqueFd(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600));
}

}  // namespace

base::Expected<RankLog> RankLog::Open(const std::filesystem::path& path, std::int64_t max_bytes) {
  UniqueFd fd = OpenPart(path);
  if (!fd) {
    const std::string why = std::generic_category().message(errno);
    base::Diagnostic error =
        HostError("LAUNCH0002", fmt::format("cannot write the log {}: {}", path.string(), why),
                  "choose a directory for runs that can be written to");
    error.where = {{{path.string(), 0, 0}, "the log of one rank"}};
    return error;
  }
  return RankLog(path, std::move(fd), max_bytes);
}

RankLog::RankLog(std::filesystem::path path, UniqueFd fd, std::int64_t max_bytes)
    : path_(std::move(path)),
      fd_(std::move(fd)),
      max_bytes_(max_bytes),
      part_bytes_(std::max<std::int64_t>(max_bytes / kParts, 1)) {}

std::filesystem::path RankLog::PartPath(std::int64_t number) const {
  if (number == 0) return path_;
  return path_.parent_path() /
         fmt::format("{}.{}{}", path_.stem().string(), number, path_.extension().string());
}

void RankLog::AddLine(std::string_view line) {
  const auto bytes = static_cast<std::int64_t>(line.size()) + 1;
  if (kept_ > 0 && kept_ + bytes > part_bytes_) NextPart();
  kept_ += bytes;
  buffer_.append(line).push_back('\n');
}

void RankLog::NextPart() {
  Flush();
  if (error_ != 0) return;
  if (number_ > 0) full_.push_back({number_, kept_});
  // Before the next one takes their room.
  while (static_cast<std::int64_t>(full_.size()) > kParts - 2) {
    std::error_code ignored;
    std::filesystem::remove(PartPath(full_.front().number), ignored);
    left_out_ += full_.front().bytes;
    full_.pop_front();
  }
  ++number_;
  kept_ = 0;
  fd_ = OpenPart(PartPath(number_));
  if (!fd_) error_ = errno;
}

int RankLog::Flush() {
  std::string_view rest = buffer_;
  while (!rest.empty() && error_ == 0) {
    const ssize_t written = ::write(fd_.get(), rest.data(), rest.size());
    if (written > 0) {
      rest.remove_prefix(static_cast<std::size_t>(written));
    } else if (written < 0 && errno != EINTR) {
      error_ = errno;
    }
  }
  buffer_.clear();
  return error_;
}

int RankLog::Close() {
  if (left_out_ > 0) {
    const std::int64_t next = full_.empty() ? number_ : full_.front().number;
    buffer_ += fmt::format(
        "[nam56r] {} bytes left out between {} and {}: a log holds at most {} bytes\n", left_out_,
        path_.filename().string(), PartPath(next).filename().string(), max_bytes_);
    left_out_ = 0;
  }
  const int error = Flush();
  fd_.reset();
  return error;
}

}  // namespace nam56r::launch
