#pragma once

#include <zlib.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

/// For tests: what the releases themselves did with thousands of command lines, where the
/// recordings lie beside the checkout.
namespace nam56r::dialect {

struct RecordedRelease {
  std::string dialect;
  std::string file;
};
inline const std::vector<RecordedRelease> kRecordedReleases = {
    {"megatron@0.16", "answers-0.16.1.jsonl.gz"},
    {"megatron@0.17", "answers-0.17.1.jsonl.gz"},
    {"megatron@0.18", "answers-0.18.2.jsonl.gz"},
    {"megatron@0.19", "answers-0.19.0.jsonl.gz"}};

/// None where there is no such file.
inline std::vector<nlohmann::json> RecordedRows(const std::string& file) {
  const std::filesystem::path path =
      std::filesystem::path(NAM56R_SOURCE_DIR) / "../shared/megatron" / file;
  gzFile zipped = gzopen(path.c_str(), "rb");
  if (zipped == nullptr) return {};
  std::string text;
  std::vector<char> buffer(1 << 16);
  for (int n; (n = gzread(zipped, buffer.data(), static_cast<unsigned>(buffer.size()))) > 0;) {
    text.append(buffer.data(), static_cast<std::size_t>(n));
  }
  gzclose(zipped);
  std::vector<nlohmann::json> rows;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) rows.push_back(nlohmann::json::parse(line));
  return rows;
}

}  // namespace nam56r::dialect
