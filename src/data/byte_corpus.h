#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "src/base/expected.h"

/// Text files as a data set of bytes: each file is one document, each byte one token (vocabulary
/// 256, no token at the end of a document).
namespace nam56r::data {

/// Larger files are left out: they are tables, not text.
inline constexpr std::uintmax_t kMaxCorpusFileBytes = 4 << 20;
inline constexpr std::size_t kMaxCorpusFiles = 100'000;

struct SourceFile {
  std::string name;  ///< says nothing of the machine: "c++/12/vector"
  std::filesystem::path path;
};

/// The regular files below |root| in order of their names, which are |name| "/" the path below
/// |root|. Symbolic links are not followed. Error: DATA0008 not a folder, or too many files.
base::Expected<std::vector<SourceFile>> FilesBelow(const std::filesystem::path& root,
                                                   const std::string& name);

/// The C++ standard library's headers: asks |compiler| (GCC or Clang, one word, found through PATH)
/// where it looks for headers, and takes the folders of libstdc++. Error: DATA0007 it cannot be
/// run or names none.
base::Expected<std::vector<SourceFile>> CompilerHeaders(const std::string& compiler = "g++");

struct CorpusStatistics {
  std::int64_t documents = 0;
  std::int64_t tokens = 0;
  std::int64_t duplicates = 0;  ///< files left out because an earlier one has the same bytes
  std::int64_t empty = 0;
  std::int64_t too_large = 0;
  std::string digest;  ///< over the names and contents of the documents in order
  bool built = false;  ///< false: the data set was there already
};

/// Writes |prefix|.bin, .idx and a manifest |prefix|.json; does nothing when those three are there
/// and were made of the same files. Errors: DATA0001 not writable, DATA0008 a source that cannot
/// be read or no text at all.
base::Expected<CorpusStatistics> BuildByteCorpus(const std::vector<SourceFile>& files,
                                                 const std::filesystem::path& prefix);

}  // namespace nam56r::data
