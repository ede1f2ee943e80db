#include "runtime/model/init.h"

#include <gtest/gtest.h>

namespace nam56r::runtime {
namespace {

TEST(Initializer, GivesANameTheSameValuesWhateverWasDrawnBefore) {
  const Initializer one(7);
  const torch::Tensor first = one.Normal("slots.3.w1", {5, 4}, 0.02);
  one.Uniform("slots.4.w1", {100}, 0, 1);
  torch::randn({3});
  EXPECT_TRUE(torch::equal(first, one.Normal("slots.3.w1", {5, 4}, 0.02)));
  EXPECT_TRUE(torch::equal(first, Initializer(7).Normal("slots.3.w1", {5, 4}, 0.02)));
}

TEST(Initializer, DiffersByNameAndBySeed) {
  const torch::Tensor values = Initializer(7).Normal("slots.3.w1", {64}, 1.0);
  EXPECT_FALSE(torch::equal(values, Initializer(7).Normal("slots.3.w2", {64}, 1.0)));
  EXPECT_FALSE(torch::equal(values, Initializer(7).Normal("slots.13.w1", {64}, 1.0)));
  EXPECT_FALSE(torch::equal(values, Initializer(8).Normal("slots.3.w1", {64}, 1.0)));
}

TEST(Initializer, LeavesTheGlobalGeneratorAlone) {
  torch::manual_seed(3);
  const torch::Tensor expected = torch::randn({4});
  torch::manual_seed(3);
  Initializer(7).Normal("a", {16}, 1.0);
  EXPECT_TRUE(torch::equal(expected, torch::randn({4})));
}

TEST(Initializer, HasTheMomentsAndRangesAskedFor) {
  const Initializer initializer(1);
  const torch::Tensor normal = initializer.Normal("n", {200, 200}, 0.5);
  EXPECT_EQ(normal.scalar_type(), torch::kFloat32);
  EXPECT_NEAR(normal.mean().item<double>(), 0.0, 0.01);
  EXPECT_NEAR(normal.std().item<double>(), 0.5, 0.01);
  const torch::Tensor uniform = initializer.Uniform("u", {10000}, -2.0, 3.0);
  EXPECT_GE(uniform.min().item<double>(), -2.0);
  EXPECT_LT(uniform.max().item<double>(), 3.0);
  EXPECT_NEAR(uniform.mean().item<double>(), 0.5, 0.1);
  const torch::Tensor integers = initializer.Integers("i", {10000}, 5, 9);
  EXPECT_EQ(integers.scalar_type(), torch::kInt64);
  EXPECT_EQ(integers.min().item<std::int64_t>(), 5);
  EXPECT_EQ(integers.max().item<std::int64_t>(), 8);
}

}  // namespace
}  // namespace nam56r::runtime
