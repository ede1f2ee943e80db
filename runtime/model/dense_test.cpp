#include "runtime/model/dense.h"

#include "runtime/model/gradient_check.h"
#include "runtime/model/model_test_support.h"

namespace nam56r::runtime {
namespace {

using testing::Random;
using testing::SmallRecipe;
using torch::Tensor;

TEST(DenseLayer, GradientsAgreeWithFiniteDifferences) {
  DenseLayer layer(SmallRecipe(), "slots.3", Initializer(3));
  layer.to(torch::kDouble);
  const Tensor x = Random({2, 4, 12}, 1).requires_grad_();
  const Tensor weight = Random({2, 4, 12}, 2);
  auto leaves = testing::Leaves(layer);
  leaves.emplace_back("x", x);
  CheckGradients(
      [&] {
        ForwardRecord record;
        return (layer.Forward(x, record) * weight).sum();
      },
      leaves);
}

TEST(DenseLayer, HasTwoMatricesAndANorm) {
  const DenseLayer layer(SmallRecipe(), "slots.3", Initializer(3));
  std::int64_t count = 0;
  for (const Tensor& parameter : layer.parameters()) count += parameter.numel();
  EXPECT_EQ(count, 2 * 12 * 9 + 12);
}

TEST(DenseLayer, PositionsDoNotMix) {
  DenseLayer layer(SmallRecipe(), "slots.3", Initializer(3));
  const Tensor x = Random({1, 4, 12}, 1, torch::kFloat32);
  Tensor changed = x.clone();
  changed.select(1, 2) += 1.0;
  ForwardRecord record;
  const Tensor same = (layer.Forward(x, record) == layer.Forward(changed, record)).all(-1)[0];
  EXPECT_TRUE(torch::equal(same, torch::tensor({true, true, false, true})));
}

}  // namespace
}  // namespace nam56r::runtime
