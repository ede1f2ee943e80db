#include "src/base/files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <vector>

#include "src/base/nearest_name.h"
#include "src/base/units.h"

namespace nam56r::base {
namespace {

namespace fs = std::filesystem;

std::string ErrnoText(int error) { return std::generic_category().message(error); }

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  int get() const { return number_; }
  /// Errors of delayed writes appear here.
  bool Close() {
    const int number = number_;
    number_ = -1;
    return close(number) == 0;
  }

 private:
  int number_;
};

Diagnostic Failure(const char* code, Surface surface, const fs::path& path, const char* action,
                   const std::string& why, std::string fix) {
  Diagnostic error;
  error.code = code;
  error.surface = surface;
  error.message = fmt::format("cannot {} '{}': {}", action, path.string(), why);
  error.where = {{{path.string(), 0, 0}, why}};
  error.fix = std::move(fix);
  return error;
}

// The file beside |path| whose name |path| most likely meant.
std::optional<std::string> NearestFile(const fs::path& path) {
  constexpr std::size_t kMostEntries = 1000;
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    if (names.size() == kMostEntries) break;
    names.push_back(it->path().filename().string());
  }
  std::sort(names.begin(), names.end());
  auto nearest = NearestName(path.filename().string(), names);
  if (!nearest) return nearest;
  return (path.has_parent_path() ? path.parent_path() / *nearest : fs::path(*nearest)).string();
}

bool WriteAll(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = write(descriptor, bytes.data(), bytes.size());
    if (put < 0) {
      if (errno == EINTR) continue;
      return false;
    }
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

}  // namespace

Expected<std::string> ReadFile(const fs::path& path, Surface surface, std::uintmax_t max_bytes) {
  const auto failed = [&](const std::string& why, std::string fix) {
    return Failure("BASE0001", surface, path, "read", why, std::move(fix));
  };
  if (path.native().find('\0') != std::string::npos) {
    return failed("the name holds a NUL byte", "name the file without it");
  }
  // O_NONBLOCK: a FIFO without a writer must be refused, not waited for.
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) {
    const int error = errno;
    if (error == ENOENT) {
      Diagnostic missing = failed(ErrnoText(error), "check the path");
      if (auto nearest = NearestFile(path)) {
        missing.message += fmt::format("; did you mean '{}'?", *nearest);
        missing.valid = {*nearest};
        missing.fix = fmt::format("name '{}'", *nearest);
      }
      return missing;
    }
    return failed(ErrnoText(error),
                  error == EACCES ? "make it readable for this user" : "name a regular file");
  }
  struct stat status {};
  if (fstat(file.get(), &status) != 0) return failed(ErrnoText(errno), "name a regular file");
  if (S_ISDIR(status.st_mode)) return failed("it is a directory", "name a file in it");
  if (!S_ISREG(status.st_mode)) return failed("it is not a regular file", "name a regular file");
  const auto too_large = [&] {
    return failed(
        fmt::format("it is larger than {}", HumanBytes(static_cast<std::int64_t>(max_bytes))),
        fmt::format("name a file of at most {} bytes", max_bytes));
  };
  if (static_cast<std::uintmax_t>(status.st_size) > max_bytes) return too_large();
  std::string bytes;
  bytes.reserve(static_cast<std::size_t>(status.st_size));
  char piece[64 << 10];
  for (;;) {
    const ssize_t got = read(file.get(), piece, sizeof piece);
    if (got == 0) return bytes;
    if (got < 0) {
      if (errno == EINTR) continue;
      return failed(ErrnoText(errno), "check the disk");
    }
    // The file may have grown since it was measured.
    if (bytes.size() + static_cast<std::size_t>(got) > max_bytes) return too_large();
    bytes.append(piece, static_cast<std::size_t>(got));
  }
}

Status WriteFileAtomically(const fs::path& path, std::string_view bytes, Surface surface,
                           unsigned mode) {
  const auto failed = [&](const std::string& why) {
    return Failure("BASE0004", surface, path, "write", why,
                   "name a file in a folder that this user may write, with space left");
  };
  if (!path.has_filename() || path.native().find('\0') != std::string::npos) {
    return failed("the path does not name a file");
  }
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) return failed("it is a directory");
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  std::string temporary = (folder / ".nam56r-XXXXXX").string();
  Descriptor file(mkostemp(temporary.data(), O_CLOEXEC));  // O_EXCL, mode 0600
  if (file.get() < 0) return failed(ErrnoText(errno));
  const auto abandon = [&](int error) {
    unlink(temporary.c_str());
    return failed(ErrnoText(error));
  };
  if (!WriteAll(file.get(), bytes)) return abandon(errno);
  if (fchmod(file.get(), mode & 07777u) != 0) return abandon(errno);
  if (fsync(file.get()) != 0) return abandon(errno);
  if (!file.Close()) return abandon(errno);
  if (rename(temporary.c_str(), path.c_str()) != 0) return abandon(errno);
  // Without this the rename itself may be lost with the power. Some file systems do not sync
  // folders and say EINVAL; there is nothing further to do on those.
  const Descriptor directory(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.get() >= 0 && fsync(directory.get()) != 0 && errno != EINVAL && errno != EROFS) {
    return failed(ErrnoText(errno));
  }
  return Ok{};
}

Status MakePrivateDirectories(const fs::path& path, Surface surface) {
  fs::path sofar;
  for (const fs::path& part : path) {
    sofar /= part;
    if (part.empty()) continue;
    if (mkdir(sofar.c_str(), 0700) == 0) continue;
    const int error = errno;
    struct stat status {};
    if (stat(sofar.c_str(), &status) == 0) {
      if (S_ISDIR(status.st_mode)) continue;
      return Failure("BASE0004", surface, path, "make the folder",
                     "'" + sofar.string() + "' is not a directory",
                     "name another folder or move that file away");
    }
    return Failure("BASE0004", surface, path, "make the folder", ErrnoText(error),
                   "name a folder that this user may make");
  }
  return Ok{};
}

}  // namespace nam56r::base
