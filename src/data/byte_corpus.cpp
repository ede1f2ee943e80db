#include "src/data/byte_corpus.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>
#include <system_error>
#include <utility>

#include "src/base/canonical_json.h"
#include "src/base/digest.h"
#include "src/base/files.h"
#include "src/base/utf8.h"
#include "src/data/indexed_dataset.h"

namespace nam56r::data {
namespace {

namespace fs = std::filesystem;
using base::Diagnostic;
using base::Expected;
using base::Surface;
using nlohmann::json;

constexpr std::string_view kManifestSchema = "nam56r.corpus/1";
constexpr std::uintmax_t kMaxManifestBytes = 64 << 20;

Diagnostic SourceError(const fs::path& path, std::string message, std::string label,
                       std::string fix) {
  Diagnostic error;
  error.code = "DATA0008";
  error.surface = Surface::kHost;
  error.message = std::move(message);
  error.where = {{{path.string(), 0, 0}, std::move(label)}};
  error.fix = std::move(fix);
  return error;
}

fs::path WithExtension(fs::path prefix, const char* extension) {
  prefix += extension;
  return prefix;
}

struct Document {
  const SourceFile* source;
  std::int64_t bytes;
  std::string digest;
};

/// What the data set will hold, known without writing any of it.
struct Selection {
  std::vector<Document> documents;
  CorpusStatistics statistics;
};

Expected<std::string> ReadSource(const SourceFile& file) {
  auto text = base::ReadFile(file.path, Surface::kHost, kMaxCorpusFileBytes);
  if (text) return text;
  const Diagnostic& cause = text.errors()[0];
  return SourceError(file.path, cause.message, "a source of the corpus", cause.fix);
}

Expected<Selection> Select(const std::vector<SourceFile>& files) {
  Selection selection;
  CorpusStatistics& statistics = selection.statistics;
  std::set<std::string> seen;
  std::string all;
  for (const SourceFile& file : files) {
    std::error_code error;
    const std::uintmax_t size = fs::file_size(file.path, error);
    if (!error && size > kMaxCorpusFileBytes) {
      ++statistics.too_large;
      continue;
    }
    const auto text = ReadSource(file);
    if (!text) return text.errors();
    if (text->empty()) {
      ++statistics.empty;
      continue;
    }
    std::string digest = base::Sha256(*text);
    if (!seen.insert(digest).second) {
      ++statistics.duplicates;
      continue;
    }
    // The length of the name keeps name and digest apart whatever the name holds.
    all += fmt::format("{} {} {}\n", digest, file.name.size(), file.name);
    ++statistics.documents;
    statistics.tokens += static_cast<std::int64_t>(text->size());
    selection.documents.push_back(
        {&file, static_cast<std::int64_t>(text->size()), std::move(digest)});
  }
  statistics.digest = base::Sha256(all);
  return selection;
}

// Whether |prefix| holds just this already. Whatever is missing, damaged or foreign means no.
bool IsBuilt(const fs::path& prefix, const CorpusStatistics& wanted) {
  const auto text =
      base::ReadFile(WithExtension(prefix, ".json"), Surface::kHost, kMaxManifestBytes);
  if (!text) return false;
  const json manifest = json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (!manifest.is_object()) return false;
  const auto says = [&](const char* key, const json& value) {
    const auto it = manifest.find(key);
    return it != manifest.end() && *it == value;
  };
  if (!says("schema", kManifestSchema) || !says("digest", wanted.digest)) return false;
  for (const auto& [key, extension] :
       {std::pair("data_digest", ".bin"), {"index_digest", ".idx"}}) {
    const auto digest = base::Sha256OfFile(WithExtension(prefix, extension), Surface::kHost);
    if (!digest || !says(key, *digest)) return false;
  }
  return true;
}

base::Status WriteData(const Selection& selection, const fs::path& prefix) {
  auto writer = IndexedDatasetWriter::Open(prefix, TokenType::kUint8);
  if (!writer) return writer.errors();
  std::vector<std::int64_t> tokens;
  for (const Document& document : selection.documents) {
    const auto text = ReadSource(*document.source);
    if (!text) return text.errors();
    if (base::Sha256(*text) != document.digest) {
      return SourceError(
          document.source->path,
          fmt::format("'{}' changed while it was read", document.source->path.string()), "changed",
          "build again when nothing writes to the sources");
    }
    tokens.resize(text->size());
    std::transform(text->begin(), text->end(), tokens.begin(),
                   [](char c) { return std::int64_t{static_cast<unsigned char>(c)}; });
    const base::Status added = (*writer)->AddDocument(tokens);
    if (!added) return added.errors();
  }
  return (*writer)->Finish();
}

base::Status WriteManifest(const Selection& selection, const fs::path& prefix) {
  json sources = json::array();
  for (const Document& document : selection.documents) {
    sources.push_back(
        {{"name", base::WithValidUtf8(document.source->name)}, {"bytes", document.bytes}});
  }
  json manifest = {{"schema", kManifestSchema},
                   {"token_type", "uint8"},
                   {"vocabulary", 256},
                   {"documents", selection.statistics.documents},
                   {"tokens", selection.statistics.tokens},
                   {"digest", selection.statistics.digest},
                   {"sources", std::move(sources)}};
  for (const auto& [key, extension] :
       {std::pair("data_digest", ".bin"), {"index_digest", ".idx"}}) {
    auto digest = base::Sha256OfFile(WithExtension(prefix, extension), Surface::kHost);
    if (!digest) return digest.errors();
    manifest[key] = *digest;
  }
  return base::WriteFileAtomically(WithExtension(prefix, ".json"),
                                   base::CanonicalJson(manifest) + "\n", Surface::kHost);
}

}  // namespace

Expected<std::vector<SourceFile>> FilesBelow(const fs::path& root, const std::string& name) {
  constexpr int kMostDepth = 64;
  std::vector<SourceFile> files;
  std::error_code error;
  // Links to folders are not entered by default, so there is no loop.
  fs::recursive_directory_iterator it(root, error);
  for (const fs::recursive_directory_iterator end; !error && it != end; it.increment(error)) {
    std::error_code of_entry;
    if (it.depth() >= kMostDepth) it.disable_recursion_pending();
    if (it->is_symlink(of_entry) || !it->is_regular_file(of_entry)) continue;
    if (files.size() == kMaxCorpusFiles) {
      return SourceError(
          root, fmt::format("'{}' holds more than {} files", root.string(), kMaxCorpusFiles),
          "too many files", "name a smaller folder");
    }
    files.push_back(
        {name + "/" + it->path().lexically_relative(root).generic_string(), it->path()});
  }
  if (error) {
    return SourceError(root, fmt::format("cannot list '{}': {}", root.string(), error.message()),
                       error.message(), "name a folder that this user may read");
  }
  std::sort(files.begin(), files.end(),
            [](const SourceFile& a, const SourceFile& b) { return a.name < b.name; });
  return files;
}

Expected<CorpusStatistics> BuildByteCorpus(const std::vector<SourceFile>& files,
                                           const fs::path& prefix) {
  auto selection = Select(files);
  if (!selection) return selection.errors();
  if (selection->documents.empty()) {
    return SourceError(prefix,
                       fmt::format("none of the {} source files holds any text", files.size()),
                       "would be empty", "name files with text in them");
  }
  if (IsBuilt(prefix, selection->statistics)) return selection->statistics;
  const base::Status written = WriteData(*selection, prefix);
  if (!written) return written.errors();
  const base::Status described = WriteManifest(*selection, prefix);
  if (!described) return described.errors();
  selection->statistics.built = true;
  return selection->statistics;
}

}  // namespace nam56r::data
