#include "runtime/model/decay.h"

#include <gtest/gtest.h>

namespace nam56r::runtime {
namespace {

TEST(TakesWeightDecay, MatricesDo) {
  const torch::Tensor matrix = torch::zeros({4, 4});
  EXPECT_TRUE(TakesWeightDecay("slots.0.in_proj", matrix));
  EXPECT_TRUE(TakesWeightDecay("slots.0.conv1d.weight", torch::zeros({4, 1, 4})));
  EXPECT_TRUE(TakesWeightDecay("slots.0.mimo_x", torch::zeros({4, 2, 8})));
  EXPECT_TRUE(TakesWeightDecay("slots.11.state_weight", torch::zeros({4, 16, 16})));
  EXPECT_TRUE(TakesWeightDecay("embedding", matrix));
}

TEST(TakesWeightDecay, NormsBiasesAndScalarsDoNot) {
  const torch::Tensor vector = torch::zeros({4});
  const torch::Tensor matrix = torch::zeros({4, 4});
  EXPECT_FALSE(TakesWeightDecay("slots.0.norm.weight", vector));
  EXPECT_FALSE(TakesWeightDecay("slots.0.in_proj", vector));  // by its shape alone
  EXPECT_FALSE(TakesWeightDecay("slots.0.pre_norm.weight", matrix));
  EXPECT_FALSE(TakesWeightDecay("slots.0.B_bias", torch::zeros({4, 2, 8})));
  EXPECT_FALSE(TakesWeightDecay("slots.0.conv1d.bias", vector));
  EXPECT_FALSE(TakesWeightDecay("slots.11.D", matrix));
  EXPECT_FALSE(TakesWeightDecay("D", matrix));
  EXPECT_FALSE(TakesWeightDecay("slots.11.A_log", matrix));
  EXPECT_FALSE(TakesWeightDecay("slots.11.dt_bias", matrix));
}

}  // namespace
}  // namespace nam56r::runtime
