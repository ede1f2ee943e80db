#include "src/launch/probe/shared_object.h"

#include <elf.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <deque>
#include <set>

#include "src/launch/unique_fd.h"

namespace nam56r::launch::probe {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxSection = std::size_t{16} << 20;
constexpr std::size_t kMostObjects = 4096;

/// A file of which a few pieces are read.
class Pieces {
 public:
  explicit Pieces(const fs::path& path) : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}

  bool Read(std::uint64_t offset, void* into, std::size_t size) const {
    if (!fd_ || offset > INT64_MAX) return false;
    return ::pread(fd_.get(), into, size, static_cast<off_t>(offset)) == static_cast<ssize_t>(size);
  }
  template <class T>
  bool ReadAll(std::uint64_t offset, std::uint64_t bytes, std::vector<T>& into) const {
    if (bytes > kMaxSection) return false;
    into.resize(static_cast<std::size_t>(bytes) / sizeof(T));
    return Read(offset, into.data(), into.size() * sizeof(T));
  }

 private:
  UniqueFd fd_;
};

// Where the byte that is loaded at |address| lies in the file.
std::optional<std::uint64_t> OffsetOf(const std::vector<Elf64_Phdr>& headers,
                                      std::uint64_t address) {
  for (const Elf64_Phdr& header : headers) {
    if (header.p_type == PT_LOAD && address >= header.p_vaddr &&
        address - header.p_vaddr < header.p_filesz) {
      return header.p_offset + (address - header.p_vaddr);
    }
  }
  return std::nullopt;
}

void AppendPaths(const std::string& text, std::vector<std::string>& paths) {
  for (const std::string& path : Split(text, ':')) {
    if (!path.empty()) paths.push_back(path);
  }
}

std::string WithOrigin(std::string path, const fs::path& origin) {
  for (const std::string_view token : {"${ORIGIN}", "$ORIGIN"}) {
    for (std::size_t at = path.find(token); at != std::string::npos; at = path.find(token, at)) {
      path.replace(at, token.size(), origin.string());
      at += origin.string().size();
    }
  }
  return path;
}

struct Object {
  fs::path path;
  DynamicSection section;
  std::vector<std::string> inherited;  ///< DT_RPATH of those that led here
};

}  // namespace

std::optional<DynamicSection> ReadDynamicSection(const fs::path& path) {
  const Pieces file(path);
  Elf64_Ehdr head;
  if (!file.Read(0, &head, sizeof head) || std::memcmp(head.e_ident, ELFMAG, SELFMAG) != 0 ||
      head.e_ident[EI_CLASS] != ELFCLASS64 || head.e_ident[EI_DATA] != ELFDATA2LSB ||
      head.e_phentsize != sizeof(Elf64_Phdr)) {
    return std::nullopt;
  }
  std::vector<Elf64_Phdr> headers;
  if (!file.ReadAll(head.e_phoff, std::uint64_t{head.e_phnum} * sizeof(Elf64_Phdr), headers)) {
    return std::nullopt;
  }
  DynamicSection section;
  section.machine = head.e_machine;
  const auto dynamic = std::find_if(headers.begin(), headers.end(),
                                    [](const auto& h) { return h.p_type == PT_DYNAMIC; });
  if (dynamic == headers.end()) return section;  // linked statically
  std::vector<Elf64_Dyn> entries;
  if (!file.ReadAll(dynamic->p_offset, dynamic->p_filesz, entries)) return std::nullopt;
  std::uint64_t address = 0;
  std::uint64_t size = 0;
  for (const Elf64_Dyn& entry : entries) {
    if (entry.d_tag == DT_STRTAB) address = entry.d_un.d_ptr;
    if (entry.d_tag == DT_STRSZ) size = entry.d_un.d_val;
  }
  const auto offset = OffsetOf(headers, address);
  std::vector<char> strings;
  if (!offset || !file.ReadAll(*offset, size, strings)) return std::nullopt;
  const auto text = [&](std::uint64_t at) -> std::string {
    if (at >= strings.size()) return {};
    return {strings.data() + at, ::strnlen(strings.data() + at, strings.size() - at)};
  };
  for (const Elf64_Dyn& entry : entries) {
    if (entry.d_tag == DT_NULL) break;
    if (entry.d_tag == DT_NEEDED) section.needed.push_back(text(entry.d_un.d_val));
    if (entry.d_tag == DT_SONAME) section.soname = text(entry.d_un.d_val);
    if (entry.d_tag == DT_RPATH) AppendPaths(text(entry.d_un.d_val), section.rpath);
    if (entry.d_tag == DT_RUNPATH) AppendPaths(text(entry.d_un.d_val), section.runpath);
  }
  return section;
}

std::map<std::string, std::string> ParseLoaderCache(const std::string& bytes, int machine) {
  constexpr std::string_view kMagic = "glibc-ld.so.cache1.1";
  constexpr std::size_t kHead = 48;
  constexpr std::size_t kEntry = 24;
  // A cache that old programs can read too has its own part in front.
  const std::size_t start = bytes.find(kMagic);
  if (start == std::string::npos || bytes.size() - start < kHead) return {};
  const std::string_view cache = std::string_view(bytes).substr(start);
  const auto number = [&](std::size_t at) {
    std::uint32_t value = 0;
    std::memcpy(&value, cache.data() + at, sizeof value);
    return value;
  };
  const auto text = [&](std::size_t at) -> std::string {
    if (at >= cache.size()) return {};
    return {cache.data() + at, ::strnlen(cache.data() + at, cache.size() - at)};
  };
  // FLAG_ELF_LIBC6 with the architecture above it.
  const std::uint32_t wanted = machine == EM_AARCH64 ? 0x0a03 : 0x0303;
  std::map<std::string, std::string> paths;
  const std::size_t count = number(20);
  for (std::size_t i = 0; i < count && kHead + (i + 1) * kEntry <= cache.size(); ++i) {
    const std::size_t at = kHead + i * kEntry;
    const bool variant = number(at + 16) != 0 || number(at + 20) != 0;
    if (number(at) != wanted || variant) continue;
    paths.try_emplace(text(number(at + 4)), text(number(at + 8)));
  }
  return paths;
}

std::map<std::string, fs::path> ResolveLibraries(const Files& files,
                                                 const std::vector<fs::path>& roots,
                                                 const std::vector<std::string>& by_name,
                                                 const std::string& library_path) {
  std::deque<Object> queue;
  int machine = 0;
  for (const fs::path& root : roots) {
    auto section = ReadDynamicSection(files.Here(root));
    if (!section) continue;
    if (machine == 0) machine = section->machine;
    queue.push_back({files.Real(root).value_or(root), *std::move(section), {}});
  }
  constexpr std::size_t kMaxCache = std::size_t{16} << 20;
  const auto cache =
      ParseLoaderCache(files.Read("/etc/ld.so.cache", kMaxCache).value_or(""), machine);
  std::vector<std::string> from_environment;
  AppendPaths(library_path, from_environment);

  std::map<std::string, fs::path> found;
  // Of several machines' libraries the loader passes over those that are not its own.
  const auto take = [&](const fs::path& path) -> std::optional<DynamicSection> {
    if (!files.IsFile(path)) return std::nullopt;
    auto section = ReadDynamicSection(files.Here(path));
    if (section && machine != 0 && section->machine != machine) return std::nullopt;
    return section;
  };
  const auto find = [&](const std::string& name, const Object* asker) {
    if (found.contains(name) || found.size() > kMostObjects) return;
    std::vector<std::string> folders;
    std::vector<std::string> rpath;
    if (asker != nullptr) {
      const fs::path origin = asker->path.parent_path();
      for (const auto& path : asker->section.rpath) rpath.push_back(WithOrigin(path, origin));
      rpath.insert(rpath.end(), asker->inherited.begin(), asker->inherited.end());
      // DT_RUNPATH silences DT_RPATH, and comes after the environment.
      if (asker->section.runpath.empty()) folders = rpath;
    }
    folders.insert(folders.end(), from_environment.begin(), from_environment.end());
    if (asker != nullptr) {
      for (const auto& path : asker->section.runpath) {
        folders.push_back(WithOrigin(path, asker->path.parent_path()));
      }
    }
    std::vector<fs::path> candidates;
    for (const std::string& folder : folders) candidates.push_back(fs::path(folder) / name);
    if (const auto it = cache.find(name); it != cache.end()) candidates.emplace_back(it->second);
    for (const char* folder : {"/lib64", "/usr/lib64", "/lib", "/usr/lib"}) {
      candidates.push_back(fs::path(folder) / name);
    }
    if (name.find('/') != std::string::npos) candidates = {fs::path(name)};
    for (const fs::path& candidate : candidates) {
      auto section = take(candidate);
      if (!section) continue;
      const fs::path real = files.Real(candidate).value_or(candidate);
      found[name] = real;
      // Another may ask for it by the name that it gives itself.
      if (!section->soname.empty()) found.try_emplace(section->soname, real);
      queue.push_back({real, *std::move(section), rpath});
      return;
    }
    if (asker != nullptr) found[name];
  };
  while (!queue.empty()) {
    const Object object = std::move(queue.front());
    queue.pop_front();
    for (const std::string& name : object.section.needed) find(name, &object);
    if (queue.empty()) {
      for (const std::string& name : by_name) find(name, nullptr);
    }
  }
  if (roots.empty() || found.empty()) {
    for (const std::string& name : by_name) find(name, nullptr);
  }
  return found;
}

}  // namespace nam56r::launch::probe
