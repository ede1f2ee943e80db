#pragma once

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace nam56r::runtime {

/// For tests: compares the gradient of |loss| (a scalar of the leaves |inputs|, in double
/// precision) with central finite differences, at up to |samples| entries of each input. An entry
/// may differ by |tolerance| times the larger of itself and its tensor's root mean square.
inline void CheckGradients(const std::function<torch::Tensor()>& loss,
                           const std::vector<std::pair<std::string, torch::Tensor>>& inputs,
                           std::int64_t samples = 24, double tolerance = 1e-6) {
  constexpr double kStep = 1e-5;
  for (const auto& [name, tensor] : inputs) {
    ASSERT_EQ(tensor.scalar_type(), torch::kFloat64) << name;
    ASSERT_TRUE(tensor.is_contiguous()) << name;
    tensor.mutable_grad() = torch::Tensor();
  }
  loss().backward();
  torch::NoGradGuard no_grad;
  for (const auto& [name, tensor] : inputs) {
    ASSERT_TRUE(tensor.grad().defined()) << name << " has no gradient";
    const torch::Tensor gradient = tensor.grad().contiguous();
    const double typical = gradient.square().mean().sqrt().item<double>();
    EXPECT_GT(typical, 0.0) << name << " has a gradient of zero: the check would see nothing";
    const std::int64_t count = tensor.numel();
    const std::int64_t stride = std::max<std::int64_t>(1, count / samples);
    double* values = tensor.data_ptr<double>();
    for (std::int64_t i = 0; i < count; i += stride) {
      const double before = values[i];
      values[i] = before + kStep;
      const double above = loss().item<double>();
      values[i] = before - kStep;
      const double below = loss().item<double>();
      values[i] = before;
      const double numeric = (above - below) / (2 * kStep);
      const double analytic = gradient.data_ptr<double>()[i];
      EXPECT_NEAR(analytic, numeric, tolerance * std::max(std::abs(analytic), typical))
          << name << "[" << i << "]";
    }
  }
}

/// The largest difference, as a share of the largest expected value.
inline double RelativeDifference(const torch::Tensor& actual, const torch::Tensor& expected) {
  return ((actual - expected).abs().max() / expected.abs().max()).item<double>();
}

}  // namespace nam56r::runtime
