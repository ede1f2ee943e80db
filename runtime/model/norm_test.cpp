#include "runtime/model/norm.h"

#include <gtest/gtest.h>

#include <cmath>

#include "runtime/model/gradient_check.h"

namespace nam56r::runtime {
namespace {

TEST(RmsNorm, DividesByTheRootMeanSquare) {
  const torch::Tensor x = torch::tensor({{3.0, 4.0}, {0.0, 0.0}}, torch::kFloat64);
  const torch::Tensor y = RmsNorm(x, torch::tensor({1.0, 2.0}, torch::kFloat64), 1e-5);
  const double root = std::sqrt(12.5 + 1e-5);
  EXPECT_DOUBLE_EQ(y[0][0].item<double>(), 3.0 / root);
  EXPECT_DOUBLE_EQ(y[0][1].item<double>(), 8.0 / root);
  EXPECT_EQ(y[1][0].item<double>(), 0.0);  // a token of zeros stays finite
}

TEST(RmsNorm, HasTheGradientOfFiniteDifferences) {
  torch::manual_seed(1);
  const auto options = torch::dtype(torch::kFloat64);
  RmsNormLayer layer(6, 1e-5);
  layer.to(torch::kFloat64);
  const torch::Tensor x = torch::randn({2, 3, 6}, options).requires_grad_();
  const torch::Tensor weights = torch::randn({2, 3, 6}, options);
  CheckGradients([&] { return (layer.Forward(x) * weights).sum(); },
                 {{"x", x}, {"weight", layer.parameters()[0]}});
}

}  // namespace
}  // namespace nam56r::runtime
