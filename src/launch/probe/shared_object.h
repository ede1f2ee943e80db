#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "src/launch/probe/files.h"

/// Which files the dynamic loader would take, found by reading: nothing is loaded, no program runs.
namespace nam56r::launch::probe {

/// The dynamic section of a 64-bit little-endian ELF file (elf(5)).
struct DynamicSection {
  std::string soname;
  std::vector<std::string> needed;
  std::vector<std::string> rpath;  ///< directories, "$ORIGIN" as it stands
  std::vector<std::string> runpath;
  int machine = 0;  ///< EM_X86_64, ...
};

/// Nothing where |path| is no such file.
std::optional<DynamicSection> ReadDynamicSection(const std::filesystem::path& path);

/// Names to paths of /etc/ld.so.cache (github.com/bminor/glibc, sysdeps/generic/dl-cache.h), those
/// of |machine|; first entries win, as for the loader. Variants for newer processors
/// (glibc-hwcaps) are left out.
std::map<std::string, std::string> ParseLoaderCache(const std::string& bytes, int machine);

/// Everything that |roots| need, and what those need, by the name that asked for it; found as
/// ld.so(8) does: DT_RPATH of who asks and of who asked for that one, LD_LIBRARY_PATH, DT_RUNPATH,
/// the cache, /lib and /usr/lib. |by_name| are looked for without anybody who asks for them, as
/// dlopen(3) would from a program without paths of its own. Names that are found nowhere have an
/// empty path; those of |by_name| are left out instead.
std::map<std::string, std::filesystem::path> ResolveLibraries(
    const Files& files, const std::vector<std::filesystem::path>& roots,
    const std::vector<std::string>& by_name, const std::string& library_path);

}  // namespace nam56r::launch::probe
