#include "src/data/indexed_dataset.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <limits>
#include <random>
#include <stdexcept>

#include "src/base/files.h"
#include "src/base/temporary_directory.h"

namespace nam56r::data {
namespace {

namespace fs = std::filesystem;
using base::Surface;
using Documents = std::vector<std::vector<std::int64_t>>;

class IndexedDatasetTest : public testing::Test {
 protected:
  fs::path prefix() const { return folder_.path() / "corpus"; }
  fs::path File(const char* extension) const { return prefix().string() + extension; }

  void Write(const Documents& documents, TokenType type) {
    auto writer = IndexedDatasetWriter::Open(prefix(), type);
    ASSERT_TRUE(writer);
    for (const auto& document : documents) ASSERT_TRUE((*writer)->AddDocument(document));
    ASSERT_TRUE((*writer)->Finish());
  }

  std::string Bytes(const char* extension) {
    return *base::ReadFile(File(extension), Surface::kHost);
  }
  void SetBytes(const char* extension, const std::string& bytes) {
    std::ofstream(File(extension), std::ios::binary) << bytes;
  }
  template <class T>
  void Patch(std::size_t offset, T value) {
    std::string bytes = Bytes(".idx");
    ASSERT_LE(offset + sizeof value, bytes.size());
    std::memcpy(bytes.data() + offset, &value, sizeof value);
    SetBytes(".idx", bytes);
  }
  std::string CodeOfOpen() {
    const auto dataset = IndexedDataset::Open(prefix());
    if (dataset) return "ok";
    EXPECT_FALSE(dataset.errors()[0].fix.empty());
    return dataset.errors()[0].code;
  }

  base::TemporaryDirectory folder_;
};

// indexed_dataset.py of Megatron-Core core_v0.19.0, _IndexWriter: byte for byte.
TEST_F(IndexedDatasetTest, WritesTheDocumentedBytes) {
  Write({{1, 2, 300}, {65535}}, TokenType::kUint16);
  const std::string index(
      "MMIDIDX\0\0"                                        // magic
      "\1\0\0\0\0\0\0\0"                                   // version
      "\10"                                                // uint16
      "\2\0\0\0\0\0\0\0"                                   // sequences
      "\3\0\0\0\0\0\0\0"                                   // document boundaries
      "\3\0\0\0\1\0\0\0"                                   // lengths
      "\0\0\0\0\0\0\0\0\6\0\0\0\0\0\0\0"                   // pointers
      "\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0",  // boundaries
      34 + 8 + 16 + 24);
  EXPECT_EQ(Bytes(".idx"), index);
  EXPECT_EQ(Bytes(".bin"), std::string("\1\0\2\0\54\1\377\377", 8));
}

TEST_F(IndexedDatasetTest, WhatIsWrittenIsRead) {
  std::mt19937_64 random(5);
  for (const TokenType type : {TokenType::kUint8, TokenType::kInt8, TokenType::kInt16,
                               TokenType::kInt32, TokenType::kInt64, TokenType::kUint16}) {
    const int bits = static_cast<int>(SizeOf(type)) * 8;
    const bool is_signed = type != TokenType::kUint8 && type != TokenType::kUint16;
    Documents documents(random() % 20 + 1);
    std::int64_t tokens = 0;
    for (auto& document : documents) {
      document.resize(random() % 50);
      tokens += static_cast<std::int64_t>(document.size());
      for (std::int64_t& token : document) {
        const auto raw = static_cast<std::int64_t>(random());
        token = is_signed
                    ? raw >> (64 - bits)
                    : static_cast<std::int64_t>(static_cast<std::uint64_t>(raw) >> (64 - bits));
      }
    }
    Write(documents, type);
    const auto dataset = IndexedDataset::Open(prefix());
    ASSERT_TRUE(dataset) << dataset.errors()[0].message;
    EXPECT_EQ(dataset->type(), type);
    EXPECT_EQ(dataset->tokens(), tokens);
    ASSERT_EQ(dataset->documents(), static_cast<std::int64_t>(documents.size()));
    for (std::size_t d = 0; d < documents.size(); ++d) {
      const auto document = static_cast<std::int64_t>(d);
      ASSERT_EQ(dataset->DocumentLength(document), static_cast<std::int64_t>(documents[d].size()));
      const std::size_t begin = documents[d].empty() ? 0 : random() % documents[d].size();
      std::vector<std::int64_t> got(documents[d].size() - begin);
      dataset->Read(document, static_cast<std::int64_t>(begin), got);
      ASSERT_TRUE(std::equal(got.begin(), got.end(),
                             documents[d].begin() + static_cast<std::ptrdiff_t>(begin)));
    }
  }
}

TEST_F(IndexedDatasetTest, ADatasetOfNothingIsStillOne) {
  Write({}, TokenType::kInt32);
  const auto dataset = IndexedDataset::Open(prefix());
  ASSERT_TRUE(dataset);
  EXPECT_EQ(dataset->documents(), 0);
  EXPECT_EQ(dataset->tokens(), 0);
}

// Megatron may write a document as several sequences, and sequences out of order in the data.
TEST_F(IndexedDatasetTest, ReadsAcrossTheSequencesOfADocument) {
  std::string index("MMIDIDX\0\0\1\0\0\0\0\0\0\0\1", 18);
  const auto put = [&](auto value) {
    index.append(reinterpret_cast<const char*>(&value), sizeof value);  // NOLINT
  };
  put(std::uint64_t{3}), put(std::uint64_t{3});
  for (const std::int32_t length : {2, 0, 3}) put(length);
  for (const std::int64_t pointer : {3, 0, 0}) put(pointer);
  for (const std::int64_t boundary : {0, 3, 3}) put(boundary);
  SetBytes(".idx", index);
  SetBytes(".bin", std::string("\3\4\5\1\2", 5));
  const auto dataset = IndexedDataset::Open(prefix());
  ASSERT_TRUE(dataset) << dataset.errors()[0].message;
  ASSERT_EQ(dataset->documents(), 2);
  EXPECT_EQ(dataset->DocumentLength(0), 5);
  EXPECT_EQ(dataset->DocumentLength(1), 0);
  std::vector<std::int64_t> got(4);
  dataset->Read(0, 1, got);
  EXPECT_EQ(got, (std::vector<std::int64_t>{2, 3, 4, 5}));
}

TEST_F(IndexedDatasetTest, ReadingBeyondADocumentIsABrokenInvariant) {
  Write({{1, 2}, {3}}, TokenType::kUint8);
  const auto dataset = IndexedDataset::Open(prefix());
  std::vector<std::int64_t> two(2);
  EXPECT_THROW(dataset->Read(0, 1, two), std::logic_error);
  EXPECT_THROW(dataset->Read(0, -1, two), std::logic_error);
  EXPECT_THROW(dataset->Read(0, std::numeric_limits<std::int64_t>::max(), two), std::logic_error);
  EXPECT_THROW(dataset->Read(2, 0, {}), std::logic_error);
  EXPECT_THROW(static_cast<void>(dataset->DocumentLength(-1)), std::logic_error);
  EXPECT_NO_THROW(dataset->Read(1, 1, {}));
}

TEST_F(IndexedDatasetTest, RefusesTokensThatTheTypeCannotHold) {
  auto writer = IndexedDatasetWriter::Open(prefix(), TokenType::kUint8);
  ASSERT_TRUE(writer);
  const std::vector<std::int64_t> good = {0, 255}, high = {256}, low = {-1};
  ASSERT_TRUE((*writer)->AddDocument(good));
  for (const auto& bad : {high, low}) {
    const auto refused = (*writer)->AddDocument(bad);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.errors()[0].code, "DATA0002");
  }
  ASSERT_TRUE((*writer)->Finish());
  EXPECT_EQ(IndexedDataset::Open(prefix())->tokens(), 2) << "nothing of a refused document stays";
}

TEST_F(IndexedDatasetTest, NothingStandsUnderItsNameBeforeFinish) {
  {
    auto writer = IndexedDatasetWriter::Open(prefix(), TokenType::kUint8);
    ASSERT_TRUE(writer);
    const std::vector<std::int64_t> tokens(3 << 20, 7);
    ASSERT_TRUE((*writer)->AddDocument(tokens));
    EXPECT_FALSE(fs::exists(File(".bin")));
    EXPECT_FALSE(fs::exists(File(".idx")));
  }
  EXPECT_TRUE(fs::is_empty(folder_.path())) << "an abandoned writer leaves nothing";
}

TEST_F(IndexedDatasetTest, FilesArePrivate) {
  Write({{1}}, TokenType::kUint8);
  for (const char* extension : {".bin", ".idx"}) {
    struct stat status {};
    ASSERT_EQ(stat(File(extension).c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777u, 0600u);
  }
}

TEST_F(IndexedDatasetTest, RefusesToWriteWhereItCannot) {
  const auto refused = IndexedDatasetWriter::Open(folder_.path() / "none" / "x", TokenType::kInt8);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.errors()[0].code, "DATA0001");
}

TEST_F(IndexedDatasetTest, RefusesWhatIsNotAnIndex) {
  EXPECT_EQ(CodeOfOpen(), "DATA0004") << "no such files";
  Write({{1, 2}}, TokenType::kUint8);
  const std::string good = Bytes(".idx");
  Patch(0, 'X');
  EXPECT_EQ(CodeOfOpen(), "DATA0003");
  SetBytes(".idx", "");
  EXPECT_EQ(CodeOfOpen(), "DATA0003");
  SetBytes(".idx", good);
  Patch(9, std::uint64_t{2});
  EXPECT_EQ(CodeOfOpen(), "DATA0003");
  for (const int code : {0, 6, 7, 9, 255}) {
    SetBytes(".idx", good);
    Patch(17, static_cast<std::uint8_t>(code));
    EXPECT_EQ(CodeOfOpen(), "DATA0003") << code;
  }
  SetBytes(".idx", good);
  EXPECT_EQ(CodeOfOpen(), "ok");
}

TEST_F(IndexedDatasetTest, RefusesAnyTruncationOfEitherFile) {
  Write({{1, 2, 3}, {4, 5}}, TokenType::kUint16);
  const std::string index = Bytes(".idx"), data = Bytes(".bin");
  for (std::size_t size = 0; size < index.size(); ++size) {
    SetBytes(".idx", index.substr(0, size));
    ASSERT_NE(CodeOfOpen(), "ok") << size;
  }
  SetBytes(".idx", index + "x");
  EXPECT_EQ(CodeOfOpen(), "DATA0004");
  SetBytes(".idx", index);
  for (std::size_t size = 0; size < data.size(); ++size) {
    SetBytes(".bin", data.substr(0, size));
    ASSERT_EQ(CodeOfOpen(), "DATA0004") << size;
  }
  SetBytes(".bin", data + "x");
  EXPECT_EQ(CodeOfOpen(), "DATA0004");
}

TEST_F(IndexedDatasetTest, RefusesLengthsPointersAndBoundariesThatCannotBe) {
  Write({{1, 2, 3}, {4, 5}}, TokenType::kUint8);
  const std::string good = Bytes(".idx");
  const auto with = [&](std::size_t offset, auto value) {
    SetBytes(".idx", good);
    Patch(offset, value);
    return CodeOfOpen();
  };
  constexpr std::size_t kLengths = 34, kPointers = 42, kBoundaries = 58;
  EXPECT_EQ(with(kLengths, std::int32_t{-1}), "DATA0004");
  EXPECT_EQ(with(kLengths, std::int32_t{6}), "DATA0004");
  EXPECT_EQ(with(kLengths, std::numeric_limits<std::int32_t>::max()), "DATA0004");
  EXPECT_EQ(with(kPointers, std::int64_t{-1}), "DATA0004");
  EXPECT_EQ(with(kPointers + 8, std::int64_t{4}), "DATA0004");
  EXPECT_EQ(with(kPointers + 8, std::numeric_limits<std::int64_t>::max()), "DATA0004");
  EXPECT_EQ(with(kBoundaries, std::int64_t{1}), "DATA0004");
  EXPECT_EQ(with(kBoundaries + 8, std::int64_t{3}), "DATA0004");
  EXPECT_EQ(with(kBoundaries + 8, std::int64_t{-1}), "DATA0004");
  EXPECT_EQ(with(kBoundaries + 16, std::int64_t{1}), "DATA0004");
}

TEST_F(IndexedDatasetTest, HugeCountsInTheHeaderAllocateNothing) {
  Write({{1, 2, 3}}, TokenType::kUint8);
  const std::string good = Bytes(".idx");
  rusage usage_before{}, usage_after{};
  getrusage(RUSAGE_SELF, &usage_before);
  for (const std::uint64_t count :
       {std::uint64_t{1} << 40, std::uint64_t{1} << 61, std::numeric_limits<std::uint64_t>::max(),
        // 12 * count wraps around to a small number
        std::numeric_limits<std::uint64_t>::max() / 12 + 1}) {
    for (const std::size_t offset : {18u, 26u}) {
      SetBytes(".idx", good);
      Patch(offset, count);
      EXPECT_EQ(CodeOfOpen(), "DATA0004") << count;
    }
  }
  getrusage(RUSAGE_SELF, &usage_after);
  EXPECT_LT(usage_after.ru_maxrss - usage_before.ru_maxrss, 16 << 10) << "KiB";
}

// Any single wrong byte: a refusal or a data set that can be read to its end.
TEST_F(IndexedDatasetTest, NoCorruptionCausesMoreThanARefusal) {
  Write({{1, 2, 3}, {}, {4, 5}}, TokenType::kUint16);
  const std::string good = Bytes(".idx");
  std::mt19937 random(17);
  for (int i = 0; i < 400; ++i) {
    std::string bad = good;
    for (std::size_t n = random() % 3 + 1; n > 0; --n) {
      bad[random() % bad.size()] = static_cast<char>(random());
    }
    SetBytes(".idx", bad);
    const auto dataset = IndexedDataset::Open(prefix());
    if (!dataset) continue;
    for (std::int64_t document = 0; document < dataset->documents(); ++document) {
      std::vector<std::int64_t> all(static_cast<std::size_t>(dataset->DocumentLength(document)));
      dataset->Read(document, 0, all);
    }
  }
}

}  // namespace
}  // namespace nam56r::data
