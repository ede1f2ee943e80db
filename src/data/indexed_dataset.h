#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "src/base/expected.h"

/// Megatron-Core's indexed dataset (megatron/core/datasets/indexed_dataset.py, core_v0.19.0): token
/// ids in PREFIX.bin, sequence lengths, byte pointers and document boundaries in PREFIX.idx. Files
/// written here are read by Megatron and the other way round.
namespace nam56r::data {

/// The codes that the index stores (class DType there).
enum class TokenType : std::uint8_t {
  kUint8 = 1,
  kInt8 = 2,
  kInt16 = 3,
  kInt32 = 4,
  kInt64 = 5,
  kUint16 = 8
};

/// Bytes of one token.
std::int64_t SizeOf(TokenType type);

/// Appends documents, then writes the index. Neither file exists under its final name before
/// Finish() succeeds.
class IndexedDatasetWriter {
 public:
  /// |prefix| without extension. Error: DATA0001 not writable.
  static base::Expected<std::unique_ptr<IndexedDatasetWriter>> Open(
      const std::filesystem::path& prefix, TokenType type);
  ~IndexedDatasetWriter();

  /// One document of one sequence. Error: DATA0002 a token that |type| cannot hold.
  base::Status AddDocument(std::span<const std::int64_t> tokens);
  base::Status Finish();

 private:
  struct Impl;
  explicit IndexedDatasetWriter(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// Read-only view of a dataset; the .bin file is mapped, not loaded.
class IndexedDataset {
 public:
  /// Errors: DATA0003 not an index of this format (bad magic, version, type), DATA0004 index and
  /// data disagree (truncated, pointer beyond the end).
  static base::Expected<IndexedDataset> Open(const std::filesystem::path& prefix);

  TokenType type() const;
  std::int64_t documents() const;
  std::int64_t tokens() const;  ///< of all documents
  std::int64_t DocumentLength(std::int64_t document) const;
  /// Copies tokens [begin, begin + out.size()) of |document| into |out|.
  void Read(std::int64_t document, std::int64_t begin, std::span<std::int64_t> out) const;

 private:
  struct Impl;
  explicit IndexedDataset(std::shared_ptr<const Impl> impl);
  std::shared_ptr<const Impl> impl_;
};

}  // namespace nam56r::data
