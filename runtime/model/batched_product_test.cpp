#include "runtime/model/batched_product.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "runtime/model/gradient_check.h"

namespace nam56r::runtime {
namespace {

torch::Tensor Op(const torch::Tensor& x, bool transpose) {
  return transpose ? x.transpose(-2, -1) : x;
}

TEST(BatchedProduct, IsMatmulForEveryShapeAndTransposition) {
  torch::manual_seed(2);
  for (const torch::ScalarType type : {torch::kFloat32, torch::kFloat64}) {
    const double tolerance = type == torch::kFloat32 ? 1e-4 : 1e-12;
    for (const auto [rows, inner, columns] : std::vector<std::array<std::int64_t, 3>>{
             {1, 1, 1}, {3, 5, 7}, {32, 32, 32}, {33, 20, 65}, {8, 64, 24}, {17, 4, 16}}) {
      for (const bool transpose_a : {false, true}) {
        for (const bool transpose_b : {false, true}) {
          const torch::Tensor a = Op(torch::randn({2, 3, rows, inner}, type), transpose_a);
          const torch::Tensor b = Op(torch::randn({2, 3, inner, columns}, type), transpose_b);
          const torch::Tensor expected = torch::matmul(Op(a, transpose_a), Op(b, transpose_b));
          const torch::Tensor actual = BatchedProduct(a, b, transpose_a, transpose_b);
          ASSERT_EQ(actual.sizes(), expected.sizes());
          ASSERT_LT((actual - expected).abs().max().item<double>(), tolerance)
              << rows << "x" << inner << "x" << columns << " " << transpose_a << transpose_b;
        }
      }
    }
  }
}

TEST(BatchedProduct, HasTheGradientOfFiniteDifferences) {
  torch::manual_seed(3);
  const auto options = torch::dtype(torch::kFloat64);
  for (const bool transpose_a : {false, true}) {
    for (const bool transpose_b : {false, true}) {
      const torch::Tensor a =
          Op(torch::randn({2, 3, 4}, options), transpose_a).contiguous().requires_grad_();
      const torch::Tensor b =
          Op(torch::randn({2, 4, 9}, options), transpose_b).contiguous().requires_grad_();
      const torch::Tensor weights = torch::randn({2, 3, 9}, options);
      CheckGradients(
          [&] { return (BatchedProduct(a, b, transpose_a, transpose_b) * weights).sum(); },
          {{"a", a}, {"b", b}});
    }
  }
}

TEST(BatchedProduct, RefusesShapesThatDoNotFit) {
  EXPECT_THROW(BatchedProduct(torch::zeros({2, 3, 4}), torch::zeros({2, 3, 4})), std::logic_error);
  EXPECT_THROW(BatchedProduct(torch::zeros({2, 3, 4}), torch::zeros({1, 4, 4})), std::logic_error);
  EXPECT_THROW(BatchedProduct(torch::zeros({4}), torch::zeros({4})), std::logic_error);
}

}  // namespace
}  // namespace nam56r::runtime
