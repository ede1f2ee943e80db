#include "src/data/samples.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <stdexcept>
#include <thread>

#include "src/base/temporary_directory.h"

namespace nam56r::data {
namespace {

class SamplesTest : public testing::Test {
 protected:
  // Token k of all tokens laid end to end is k, so that a sample says where it was taken from.
  IndexedDataset Numbered(const std::vector<int>& lengths) {
    auto writer = IndexedDatasetWriter::Open(folder_.path() / "x", TokenType::kInt32);
    EXPECT_TRUE(writer);
    std::int64_t next = 0;
    for (const int length : lengths) {
      std::vector<std::int64_t> document(static_cast<std::size_t>(length));
      for (std::int64_t& token : document) token = next++;
      EXPECT_TRUE((*writer)->AddDocument(document));
    }
    EXPECT_TRUE((*writer)->Finish());
    return *IndexedDataset::Open(folder_.path() / "x");
  }
  static std::vector<std::int64_t> All(const IndexedDataset& dataset) {
    std::vector<std::int64_t> documents;
    for (std::int64_t i = 0; i < dataset.documents(); ++i) documents.push_back(i);
    return documents;
  }
  base::TemporaryDirectory folder_;
};

std::int64_t TokensOf(const IndexedDataset& dataset, const std::vector<std::int64_t>& documents) {
  std::int64_t tokens = 0;
  for (const std::int64_t document : documents) tokens += dataset.DocumentLength(document);
  return tokens;
}

TEST_F(SamplesTest, EveryDocumentIsInOneSplitAndTheSharesHold) {
  std::mt19937 random(2);
  std::vector<int> lengths;
  for (int i = 0; i < 1000; ++i) lengths.push_back(static_cast<int>(random() % 100) + 1);
  const IndexedDataset dataset = Numbered(lengths);
  for (std::int64_t seed = 0; seed < 5; ++seed) {
    const auto splits = SplitDocuments(dataset, "8,1,1", seed);
    ASSERT_TRUE(splits);
    std::set<std::int64_t> seen;
    for (const Split split : {Split::kTrain, Split::kValidation, Split::kTest}) {
      for (const std::int64_t document : splits->of(split)) {
        EXPECT_TRUE(seen.insert(document).second) << document;
      }
    }
    EXPECT_EQ(seen.size(), 1000u);
    const auto total = static_cast<double>(dataset.tokens());
    EXPECT_NEAR(static_cast<double>(TokensOf(dataset, splits->train)) / total, 0.8, 0.01);
    EXPECT_NEAR(static_cast<double>(TokensOf(dataset, splits->test)) / total, 0.1, 0.01);
  }
}

TEST_F(SamplesTest, SplitsFollowFromTheSeed) {
  const IndexedDataset dataset = Numbered(std::vector<int>(200, 10));
  EXPECT_EQ(SplitDocuments(dataset, "98,1,1", 7)->train,
            SplitDocuments(dataset, "98,1,1", 7)->train);
  EXPECT_NE(SplitDocuments(dataset, "98,1,1", 7)->train,
            SplitDocuments(dataset, "98,1,1", 8)->train);
}

TEST_F(SamplesTest, ASplitWithoutWeightStaysEmpty) {
  const IndexedDataset dataset = Numbered(std::vector<int>(37, 3));
  for (std::int64_t seed = 0; seed < 20; ++seed) {
    const auto no_test = SplitDocuments(dataset, "0.9, 0.1, 0", seed);
    ASSERT_TRUE(no_test);
    EXPECT_TRUE(no_test->test.empty());
    EXPECT_EQ(no_test->train.size() + no_test->validation.size(), 37u);
    const auto no_validation = SplitDocuments(dataset, "1,0,1", seed);
    ASSERT_TRUE(no_validation);
    EXPECT_TRUE(no_validation->validation.empty());
    const auto only_train = SplitDocuments(dataset, "1,0,0", seed);
    ASSERT_TRUE(only_train);
    EXPECT_EQ(only_train->train.size(), 37u);
  }
}

TEST_F(SamplesTest, RefusesWeightsThatAreNotThreeShares) {
  const IndexedDataset dataset = Numbered(std::vector<int>(100, 3));
  for (const char* bad : {"", "1", "1,1", "1,1,1,1", "a,b,c", "-1,1,1", "0,0,0", "1,,1", "nan,1,1",
                          "inf,1,1", "1,1,1x", "1;1;1", "1e308,1e308,1e308"}) {
    const auto splits = SplitDocuments(dataset, bad, 1);
    ASSERT_FALSE(splits) << bad;
    EXPECT_EQ(splits.errors()[0].code, "DATA0005");
    EXPECT_FALSE(splits.errors()[0].fix.empty());
  }
}

TEST_F(SamplesTest, RefusesASplitThatGetsNoDocument) {
  const IndexedDataset dataset = Numbered({10, 10});
  const auto splits = SplitDocuments(dataset, "98,1,1", 1);
  ASSERT_FALSE(splits);
  EXPECT_EQ(splits.errors()[0].code, "DATA0005");
  EXPECT_NE(splits.errors()[0].message.find("validation"), std::string::npos);
}

TEST_F(SamplesTest, AnEpochVisitsEverySampleOnce) {
  const IndexedDataset dataset = Numbered({5, 0, 1, 17, 3, 30, 0, 8});  // 64 tokens
  const auto stream = SampleStream::Make(dataset, All(dataset), 7, 3);
  ASSERT_TRUE(stream);
  ASSERT_EQ(stream->samples_per_epoch(), 9);  // 9 * 7 + 1
  for (int epoch = 0; epoch < 3; ++epoch) {
    std::set<std::int64_t> starts;
    for (int i = 0; i < 9; ++i) {
      const auto sample = stream->Get(epoch * 9 + i);
      ASSERT_EQ(sample.size(), 8u);
      for (std::size_t k = 1; k < sample.size(); ++k) ASSERT_EQ(sample[k], sample[k - 1] + 1);
      EXPECT_EQ(sample[0] % 7, 0);
      starts.insert(sample[0]);
    }
    EXPECT_EQ(starts.size(), 9u);
  }
}

TEST_F(SamplesTest, OnlyDocumentsOfTheSplitAreRead) {
  const IndexedDataset dataset = Numbered({10, 10, 10, 10});
  const auto stream = SampleStream::Make(dataset, {3, 1}, 4, 3);
  ASSERT_TRUE(stream);
  std::set<std::int64_t> seen;
  for (std::int64_t i = 0; i < stream->samples_per_epoch(); ++i) {
    for (const std::int64_t token : stream->Get(i)) seen.insert(token / 10);
  }
  EXPECT_EQ(seen, (std::set<std::int64_t>{1, 3}));
}

TEST_F(SamplesTest, SampleIsTheSameWhoeverAsksAndInWhateverOrder) {
  const IndexedDataset dataset = Numbered({100, 50, 350});
  const auto stream = SampleStream::Make(dataset, All(dataset), 10, 42);
  const auto again = SampleStream::Make(dataset, All(dataset), 10, 42);
  ASSERT_TRUE(stream && again);
  std::map<std::int64_t, std::vector<std::int64_t>> forward;
  for (std::int64_t i = 0; i < 150; ++i) forward[i] = stream->Get(i);
  for (std::int64_t i = 149; i >= 0; --i) ASSERT_EQ(again->Get(i), forward[i]) << i;
  // Several threads may ask one stream.
  std::vector<std::thread> threads;
  for (std::int64_t t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (std::int64_t i = t; i < 150; i += 4) EXPECT_EQ(stream->Get(i), forward.at(i));
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_F(SamplesTest, EpochsAndSeedsGiveDifferentOrders) {
  const IndexedDataset dataset = Numbered({1001});
  const auto order = [&](std::int64_t seed, std::int64_t epoch) {
    const auto stream = SampleStream::Make(dataset, {0}, 10, seed);
    std::vector<std::int64_t> starts;
    for (std::int64_t i = 0; i < 100; ++i) starts.push_back(stream->Get(epoch * 100 + i)[0]);
    return starts;
  };
  EXPECT_NE(order(1, 0), order(1, 1));
  EXPECT_NE(order(1, 0), order(2, 0));
  EXPECT_NE(order(1, 1), order(2, 0));
  EXPECT_FALSE(std::is_sorted(order(1, 0).begin(), order(1, 0).end()));
}

// A run resumed from a checkpoint, or on another machine, must see the same text.
TEST_F(SamplesTest, TheOrderIsPinned) {
  const IndexedDataset dataset = Numbered({81});
  const auto stream = SampleStream::Make(dataset, {0}, 10, 1234);
  std::vector<std::int64_t> order;
  for (std::int64_t i = 0; i < 8; ++i) order.push_back(stream->Get(i)[0] / 10);
  EXPECT_EQ(order, (std::vector<std::int64_t>{1, 3, 4, 5, 0, 2, 7, 6}));
}

TEST_F(SamplesTest, RefusesASplitShorterThanASample) {
  const IndexedDataset dataset = Numbered({3, 4});
  const auto refused = SampleStream::Make(dataset, All(dataset), 7, 1);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.errors()[0].code, "DATA0006");
  const auto just = SampleStream::Make(dataset, All(dataset), 6, 1);
  ASSERT_TRUE(just);
  EXPECT_EQ(just->samples_per_epoch(), 1);
  EXPECT_EQ(just->Get(0).back(), 6);
  EXPECT_EQ(just->Get(1'000'000'000'000), just->Get(0));
  EXPECT_FALSE(SampleStream::Make(dataset, {}, 1, 1));
  EXPECT_THROW(just->Get(-1), std::logic_error);
}

}  // namespace
}  // namespace nam56r::data
