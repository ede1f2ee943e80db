#include "src/base/nearest_name.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace nam56r::base {
namespace {

TEST(EditDistance, CountsInsertDeleteReplaceAndSwap) {
  EXPECT_EQ(EditDistance("", ""), 0u);
  EXPECT_EQ(EditDistance("", "abc"), 3u);
  EXPECT_EQ(EditDistance("kitten", "sitting"), 3u);
  EXPECT_EQ(EditDistance("depht", "depth"), 1u);
  EXPECT_EQ(EditDistance("expert", "experts"), 1u);
}

TEST(EditDistance, IsSymmetricAndBoundedByLength) {
  std::mt19937 random(3);
  const auto word = [&] {
    std::string text;
    for (std::size_t n = random() % 9; n > 0; --n) text += "abc"[random() % 3];
    return text;
  };
  for (int i = 0; i < 2000; ++i) {
    const std::string a = word(), b = word();
    const std::size_t distance = EditDistance(a, b);
    ASSERT_EQ(distance, EditDistance(b, a));
    ASSERT_EQ(distance == 0, a == b);
    ASSERT_LE(distance, std::max(a.size(), b.size()));
    ASSERT_GE(distance, std::max(a.size(), b.size()) - std::min(a.size(), b.size()));
  }
}

TEST(NearestName, FindsWhatWasMeant) {
  const std::vector<std::string> names = {"num_experts", "top_k", "hidden_size"};
  EXPECT_EQ(NearestName("num_expert", names), "num_experts");
  EXPECT_EQ(NearestName("Hidden-Size", names), "hidden_size");
  EXPECT_EQ(NearestName("topk", names), "top_k");
}

TEST(NearestName, SaysNothingWhenNothingIsNear) {
  const std::vector<std::string> names = {"num_experts", "tp"};
  EXPECT_EQ(NearestName("banana", names), std::nullopt);
  EXPECT_EQ(NearestName("pp", names), std::nullopt);
  EXPECT_EQ(NearestName("x", {}), std::nullopt);
  EXPECT_EQ(NearestName(std::string(1 << 20, 'x'), names), std::nullopt);
}

TEST(NearestName, TiesGoToTheEarlier) {
  const std::vector<std::string> names = {"abcx", "abcy"};
  EXPECT_EQ(NearestName("abcz", names), "abcx");
}

}  // namespace
}  // namespace nam56r::base
