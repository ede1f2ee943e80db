// Disks, caches of compiled kernels, and locks that somebody left in them.
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <set>

#include "src/launch/probe/cache_key.h"
#include "src/launch/probe/subject.h"

namespace nam56r::launch::probe::internal {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

// The nearest folder above |path| that exists: what is to be made will lie on its file system.
fs::path Existing(const Files& files, fs::path path) {
  while (!files.Exists(path) && path.has_relative_path()) path = path.parent_path();
  return path;
}

struct Lock {
  fs::path path;
  std::int64_t age_seconds = 0;
  std::int64_t inode = 0;
};

// PyTorch builds an extension while a file named "lock" stands in its folder, and every other
// process waits until it is gone, for ever if need be (github.com/pytorch/pytorch,
// torch/utils/file_baton.py and torch/utils/cpp_extension.py). Locks of Triton, Inductor and
// TileLang are held by flock(2), end with their process, and are no trouble when they are left.
std::vector<Lock> FindLocks(const Subject& subject, const fs::path& top) {
  constexpr std::size_t kMost = 4096;
  std::vector<Lock> found;
  // <root>/<extension>/lock, or with the interpreter's and CUDA's version in between.
  std::vector<fs::path> folders = {top};
  for (int depth = 0; depth < 3; ++depth) {
    std::vector<fs::path> below;
    for (const fs::path& folder : folders) {
      for (const std::string& name : subject.files.Names(folder, kMost)) {
        const fs::path path = folder / name;
        if (name == "lock" && depth > 0) {
          struct stat status {};
          if (::lstat(subject.files.Here(path).c_str(), &status) == 0 && S_ISREG(status.st_mode)) {
            found.push_back({path, subject.world->Now() - status.st_mtime,
                             static_cast<std::int64_t>(status.st_ino)});
          }
        } else if (below.size() < kMost && subject.files.IsFolder(path)) {
          below.push_back(path);
        }
      }
    }
    folders = std::move(below);
  }
  return found;
}

/// Processes that hold a file open or locked.
class Holders {
 public:
  explicit Holders(const Files& files) {
    for (const std::string& pid : files.Names("/proc")) {
      const auto number = ToNumber(pid);
      if (!number) continue;
      const fs::path folder = fs::path("/proc") / pid / "fd";
      std::error_code error;
      fs::directory_iterator entries(files.Here(folder), error);
      if (error) {
        all_seen_ = false;
        continue;
      }
      for (const fs::directory_iterator end; !error && entries != end; entries.increment(error)) {
        std::error_code ignored;
        const fs::path target = fs::read_symlink(entries->path(), ignored);
        if (target.is_absolute()) open_.try_emplace(target.string(), *number);
      }
    }
  }
  std::optional<std::int64_t> Of(const fs::path& path) const {
    const auto it = open_.find(path.string());
    return it == open_.end() ? std::nullopt : std::optional(it->second);
  }
  /// Whether the files of every process could be looked at.
  bool all_seen() const { return all_seen_; }

 private:
  std::map<std::string, std::int64_t> open_;
  bool all_seen_ = true;
};

}  // namespace

ProbeItem ProbeDisk(const Subject& subject) {
  ProbeItem item;
  for (const Place& place : subject.places) {
    const fs::path at = Existing(subject.files, place.path);
    const auto space = subject.world->SpaceAt(at);
    if (!space) {
      item.notes.push_back(fmt::format("{}: {} does not say its size", place.name, at.string()));
      continue;
    }
    item.facts[place.name] = {{"path", place.path.string()},
                              {"exists", at == place.path},
                              {"total_bytes", space->total_bytes},
                              {"free_bytes", space->free_bytes}};
  }
  if (item.facts.empty()) return Failed("no place that a run writes to says its size");
  return item;
}

ProbeItem ProbeCaches(const Subject& subject) {
  if (subject.dialect.empty()) return Skipped("no contract was given");
  if (subject.caches.empty()) {
    return subject.cache_why.empty() ? Skipped("the contract keeps no cache beyond a run")
                                     : Failed(subject.cache_why);
  }
  ProbeItem item;
  for (const CacheUse& cache : subject.caches) {
    json entry = {{"directory", cache.directory}, {"lifetime", cache.lifetime}, {"key", cache.key}};
    const auto names = subject.files.Names(cache.directory, 1000);
    const auto said = subject.files.Line(fs::path(cache.directory) / kCacheKeyFile);
    if (said) {
      entry["key_found"] = *said;
      entry["state"] = *said == cache.key ? "of this contract" : "of another";
    } else {
      entry["state"] = names.empty() ? "empty" : "without a key file";
    }
    item.facts[cache.name] = std::move(entry);
  }
  return item;
}

ProbeItem ProbeLocks(const Subject& subject) {
  std::set<fs::path> tops;
  const auto set = subject.environment.find("TORCH_EXTENSIONS_DIR");
  if (set != subject.environment.end()) tops.insert(set->second);
  for (const CacheUse& cache : subject.caches) {
    if (cache.name == "extensions") tops.insert(cache.directory);
  }
  // Where PyTorch puts them when nobody says otherwise.
  const auto home = subject.environment.find("HOME");
  const auto xdg = subject.environment.find("XDG_CACHE_HOME");
  if (xdg != subject.environment.end()) {
    tops.insert(fs::path(xdg->second) / "torch_extensions");
  } else if (home != subject.environment.end()) {
    tops.insert(fs::path(home->second) / ".cache/torch_extensions");
  }
  if (tops.empty()) return Skipped("neither HOME nor TORCH_EXTENSIONS_DIR says where to look");
  std::vector<Lock> locks;
  for (const fs::path& top : tops) {
    const auto found = FindLocks(subject, top);
    locks.insert(locks.end(), found.begin(), found.end());
  }
  ProbeItem item;
  item.facts = {{"count", locks.size()}};
  if (locks.empty()) return item;
  const Holders holders(subject.files);
  if (!holders.all_seen()) {
    item.notes.emplace_back("the open files of some processes cannot be seen by this user");
  }
  json list = json::array();
  for (const Lock& lock : locks) {
    json entry = {{"path", lock.path.string()}, {"age_seconds", lock.age_seconds}};
    const auto holder = holders.Of(lock.path);
    if (holder) entry["pid"] = *holder;
    entry["held"] = holder.has_value();
    list.push_back(std::move(entry));
  }
  item.facts["file"] = std::move(list);
  return item;
}

}  // namespace nam56r::launch::probe::internal
