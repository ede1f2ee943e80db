#include "src/launch/probe/digest_store.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include "src/base/digest.h"
#include "src/base/files.h"
#include "src/launch/probe/report.h"

namespace nam56r::launch::probe {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{8} << 20;
constexpr std::size_t kMostFiles = 20'000;

std::string StampOf(const std::filesystem::path& path) {
  struct stat s {};
  if (::stat(path.c_str(), &s) != 0 || !S_ISREG(s.st_mode)) return {};
  return fmt::format("{}:{}:{}:{}.{:09}:{}.{:09}", s.st_dev, s.st_ino, s.st_size, s.st_mtim.tv_sec,
                     s.st_mtim.tv_nsec, s.st_ctim.tv_sec, s.st_ctim.tv_nsec);
}

}  // namespace

DigestStore::DigestStore(const Files& files, std::filesystem::path file,
                         std::chrono::steady_clock::time_point deadline)
    : files_(files), file_(std::move(file)), deadline_(deadline) {
  if (file_.empty()) return;
  const auto text = files_.Read(file_, kMaxBytes);
  if (!text) return;
  nlohmann::json read = nlohmann::json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (read.is_object() && read.size() < kMostFiles) known_ = std::move(read);
}

std::optional<std::string> DigestStore::Of(const std::filesystem::path& path) {
  const std::filesystem::path here = files_.Here(path);
  const std::string stamp = StampOf(here);
  if (stamp.empty()) return std::nullopt;
  const nlohmann::json& entry = ObjectAt(known_, path.string());
  if (TextAt(entry, "stamp") == stamp) {
    const std::string digest = TextAt(entry, "digest");
    if (digest.starts_with("sha256:")) return digest;
  }
  if (std::chrono::steady_clock::now() >= deadline_) return std::nullopt;
  const auto digest = base::Sha256OfFile(here, base::Surface::kHost);
  // One that was written meanwhile has the digest of no file at all.
  if (!digest || StampOf(here) != stamp) return std::nullopt;
  known_[path.string()] = {{"stamp", stamp}, {"digest", *digest}};
  changed_ = true;
  return *digest;
}

void DigestStore::Save() const {
  if (!changed_ || file_.empty()) return;
  const std::filesystem::path here = files_.Here(file_);
  if (!base::MakePrivateDirectories(here.parent_path(), base::Surface::kHost)) return;
  const auto ignored = base::WriteFileAtomically(here, known_.dump() + "\n", base::Surface::kHost);
  static_cast<void>(ignored);
}

}  // namespace nam56r::launch::probe
