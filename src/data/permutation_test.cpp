#include "src/data/permutation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>
#include <stdexcept>
#include <vector>

namespace nam56r::data {
namespace {

// Steele, Lea and Flood's generator from seed 1234567, as the reference implementation prints it.
TEST(SplitMix64, GivesTheReferenceNumbers) {
  SplitMix64 random(1234567);
  EXPECT_EQ(random.Next(), 6457827717110365317u);
  EXPECT_EQ(random.Next(), 3203168211198807973u);
  EXPECT_EQ(random.Next(), 9817491932198370423u);
}

TEST(SplitMix64, BelowIsUniform) {
  SplitMix64 random(1);
  std::vector<int> counts(7);
  for (int i = 0; i < 70000; ++i) ++counts[random.Below(7)];
  for (const int count : counts) EXPECT_NEAR(count, 10000, 500);
  EXPECT_EQ(random.Below(1), 0u);
  EXPECT_THROW(random.Below(0), std::logic_error);
}

TEST(Permutation, IsABijectionOfEverySize) {
  for (std::int64_t size = 1; size < 200; ++size) {
    for (const std::uint64_t key : {0u, 1u, 56u}) {
      const Permutation permutation(size, key);
      std::set<std::int64_t> images;
      for (std::int64_t i = 0; i < size; ++i) {
        const std::int64_t image = permutation(i);
        ASSERT_GE(image, 0);
        ASSERT_LT(image, size);
        images.insert(image);
      }
      ASSERT_EQ(images.size(), static_cast<std::size_t>(size));
    }
  }
}

TEST(Permutation, KeysGiveDifferentOrders) {
  const Permutation a(1000, 1), b(1000, 2), again(1000, 1);
  int same = 0, fixed = 0;
  for (std::int64_t i = 0; i < 1000; ++i) {
    same += a(i) == b(i);
    fixed += a(i) == i;
    ASSERT_EQ(a(i), again(i));
  }
  EXPECT_LT(same, 10);
  EXPECT_LT(fixed, 10);
}

// Neighbours in the order must not be neighbours in the text: ranks read consecutive samples.
TEST(Permutation, ScattersNeighbours) {
  const std::int64_t size = 10000;
  const Permutation permutation(size, 3);
  double distance = 0;
  for (std::int64_t i = 0; i + 1 < size; ++i) {
    distance += std::abs(static_cast<double>(permutation(i) - permutation(i + 1)));
  }
  // Of two uniform draws: a third of the size.
  EXPECT_NEAR(distance / static_cast<double>(size - 1) / static_cast<double>(size), 1.0 / 3, 0.02);
}

TEST(Permutation, WorksForHugeSizes) {
  const std::int64_t size = std::numeric_limits<std::int64_t>::max();
  const Permutation permutation(size, 9);
  EXPECT_GE(permutation(size - 1), 0);
  EXPECT_NE(permutation(0), permutation(1));
}

TEST(Permutation, RefusesWhatIsOutside) {
  EXPECT_THROW(Permutation(0, 1), std::logic_error);
  const Permutation permutation(3, 1);
  EXPECT_THROW(permutation(3), std::logic_error);
  EXPECT_THROW(permutation(-1), std::logic_error);
}

}  // namespace
}  // namespace nam56r::data
