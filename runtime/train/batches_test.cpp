#include "runtime/train/batches.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <numeric>
#include <set>

namespace nam56r::runtime {
namespace {

TEST(FirstSample, EveryNumberOfRanksCutsAStepIntoTheSameMicroBatches) {
  for (const std::int64_t step : {0, 1, 7}) {
    std::set<std::int64_t> expected;
    for (std::int64_t i = 0; i < 8; ++i) expected.insert(step * 24 + i * 3);
    for (const std::int64_t data : {1, 2, 4, 8}) {
      const BatchGeometry geometry{3, 24, data};
      std::set<std::int64_t> seen;
      for (std::int64_t rank = 0; rank < data; ++rank) {
        for (std::int64_t m = 0; m < geometry.micro_batches(); ++m) {
          EXPECT_TRUE(seen.insert(FirstSample(geometry, step, rank, m)).second);
        }
      }
      EXPECT_EQ(seen, expected) << data << " ranks";
    }
  }
}

class MicroBatches : public ::testing::Test {
 protected:
  void SetUp() override {
    directory_ =
        std::filesystem::temp_directory_path() / ("nam56r-batches-" + std::to_string(::getpid()));
    std::filesystem::create_directories(directory_);
    auto writer = data::IndexedDatasetWriter::Open(directory_ / "d", data::TokenType::kUint8);
    ASSERT_TRUE(writer);
    std::vector<std::int64_t> tokens(200);
    std::iota(tokens.begin(), tokens.end(), 0);
    ASSERT_TRUE((*writer)->AddDocument(tokens));
    ASSERT_TRUE((*writer)->Finish());
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  std::filesystem::path directory_;
};

TEST_F(MicroBatches, LabelsAreTheTokensThatFollow) {
  const auto dataset = data::IndexedDataset::Open(directory_ / "d");
  ASSERT_TRUE(dataset);
  const auto samples = data::SampleStream::Make(*dataset, {0}, 9, 1);
  ASSERT_TRUE(samples);
  const BatchGeometry geometry{2, 12, 3};
  const auto batches = MicroBatchesOf(*samples, geometry, 4, 1, 256);
  ASSERT_EQ(batches.size(), 2u);
  for (std::int64_t m = 0; m < 2; ++m) {
    const MicroBatch& batch = batches[static_cast<std::size_t>(m)];
    EXPECT_EQ(batch.tokens.sizes(), (std::vector<std::int64_t>{2, 9}));
    EXPECT_TRUE(batch.labels.equal(batch.tokens + 1));  // the document counts upwards
    for (std::int64_t row = 0; row < 2; ++row) {
      const auto sample = samples->Get(FirstSample(geometry, 4, 1, m) + row);
      EXPECT_EQ(batch.tokens[row][0].item<std::int64_t>(), sample[0]);
    }
  }
}

TEST_F(MicroBatches, ATokenOutsideTheVocabularyIsNamed) {
  const auto dataset = data::IndexedDataset::Open(directory_ / "d");
  ASSERT_TRUE(dataset);
  const auto samples = data::SampleStream::Make(*dataset, {0}, 150, 1);
  ASSERT_TRUE(samples);
  try {
    MicroBatchesOf(*samples, {1, 1, 1}, 0, 0, 100);
    FAIL() << "accepted";
  } catch (const std::out_of_range& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("vocabulary of 100"));
  }
}

}  // namespace
}  // namespace nam56r::runtime
