#include "runtime/model/mla.h"

#include <cmath>

#include "runtime/model/causal_attention.h"
#include "runtime/model/gradient_check.h"
#include "runtime/model/model_test_support.h"

namespace nam56r::runtime {
namespace {

using testing::Random;
using testing::SmallRecipe;
using torch::Tensor;

TEST(MlaLayer, HasTheRecordedNumberOfParametersAtFullWidth) {
  recipe::Recipe recipe;
  recipe.model.hidden_size = 3584;
  recipe.model.num_attention_heads = 28;
  recipe.model.depth = 52;
  recipe.mla = {.q_lora_rank = 64,
                .kv_lora_rank = 64,
                .qk_head_dim = 64,
                .qk_pos_emb_head_dim = 32,
                .v_head_dim = 64};
  const MlaLayer layer(recipe, "slots.0", Initializer(1));
  std::int64_t count = 0;
  for (const Tensor& parameter : layer.parameters()) count += parameter.numel();
  EXPECT_EQ(count, 7'400'960);
}

TEST(MlaLayer, GradientsAgreeWithFiniteDifferences) {
  const recipe::Recipe recipe = SmallRecipe();
  MlaLayer layer(recipe, "slots.0", Initializer(3));
  layer.to(torch::kDouble);
  const Tensor x = Random({2, 6, 12}, 1).requires_grad_();
  const Tensor weight = Random({2, 6, 12}, 2);
  auto leaves = testing::Leaves(layer);
  leaves.emplace_back("x", x);
  CheckGradients(
      [&] {
        ForwardRecord record;
        return (layer.Forward(x, record) * weight).sum();
      },
      leaves);
}

// The definition, position by position and head by head.
TEST(MlaLayer, IsSoftmaxAttentionOverDecompressedLatents) {
  const recipe::Recipe recipe = SmallRecipe();
  const torch::NoGradGuard no_grad;
  MlaLayer layer(recipe, "slots.0", Initializer(4));
  layer.to(torch::kDouble);
  const Tensor x = Random({1, 5, 12}, 5);
  const auto p = layer.named_parameters();

  const std::int64_t qk = 4, rotary = 6, v = 3;
  const auto rotate = [&](const Tensor& part, std::int64_t position) {
    Tensor turned = part.clone();
    for (std::int64_t i = 0; i < rotary / 2; ++i) {
      const double angle =
          static_cast<double>(position) * std::pow(100.0, -2.0 * static_cast<double>(i) / rotary);
      const double a = part[2 * i].item<double>(), b = part[2 * i + 1].item<double>();
      turned[2 * i] = a * std::cos(angle) - b * std::sin(angle);
      turned[2 * i + 1] = a * std::sin(angle) + b * std::cos(angle);
    }
    return turned;
  };
  const Tensor normed = x[0] / (x[0].square().mean(-1, true) + recipe.model.norm_epsilon).sqrt();
  const Tensor q = normed.matmul(p["q_down_proj"].t()).matmul(p["q_up_proj"].t());
  const Tensor latent = normed.matmul(p["kv_down_proj"].t());
  const Tensor kv = latent.slice(1, 0, 6).matmul(p["kv_up_proj"].t());
  Tensor expected = x.clone();
  for (std::int64_t t = 0; t < 5; ++t) {
    std::vector<Tensor> heads;
    for (std::int64_t head = 0; head < 2; ++head) {
      const Tensor own = q[t].slice(0, head * (qk + rotary), (head + 1) * (qk + rotary));
      const Tensor query = torch::cat({own.slice(0, 0, qk), rotate(own.slice(0, qk), t)});
      std::vector<Tensor> scores, values;
      for (std::int64_t s = 0; s <= t; ++s) {
        const Tensor pair = kv[s].slice(0, head * (qk + v), (head + 1) * (qk + v));
        const Tensor key = torch::cat({pair.slice(0, 0, qk), rotate(latent[s].slice(0, 6), s)});
        scores.push_back(query.dot(key) / std::sqrt(static_cast<double>(qk + rotary)));
        values.push_back(pair.slice(0, qk));
      }
      heads.push_back(torch::softmax(torch::stack(scores), 0).matmul(torch::stack(values)));
    }
    expected[0][t] += p["out_proj"].matmul(torch::cat(heads));
  }
  ForwardRecord record;
  EXPECT_TRUE(torch::allclose(layer.Forward(x, record), expected, 1e-10, 1e-12));
}

TEST(MlaLayer, PastOutputsDoNotDependOnLaterTokens) {
  const recipe::Recipe recipe = SmallRecipe();
  MlaLayer layer(recipe, "slots.0", Initializer(3));
  const Tensor x = Random({2, 6, 12}, 1, torch::kFloat32);
  Tensor changed = x.clone();
  changed.select(1, 4) += 1.0;
  ForwardRecord record;
  const Tensor before = layer.Forward(x, record), after = layer.Forward(changed, record);
  EXPECT_TRUE(torch::equal(before.slice(1, 0, 4), after.slice(1, 0, 4)));
  EXPECT_FALSE(torch::allclose(before.slice(1, 5), after.slice(1, 5)));
}

TEST(MlaLayer, TakesSequencesOfChangingLength) {
  const recipe::Recipe recipe = SmallRecipe();
  MlaLayer layer(recipe, "slots.0", Initializer(3));
  layer.to(torch::kDouble);
  const Tensor x = Random({1, 6, 12}, 1);
  ForwardRecord record;
  const Tensor whole = layer.Forward(x, record);
  EXPECT_TRUE(torch::allclose(layer.Forward(x.slice(1, 0, 3), record), whole.slice(1, 0, 3)));
  EXPECT_TRUE(torch::allclose(layer.Forward(x, record), whole));
}

// Lengths around and beyond the block size.
TEST(CausalAttention, IsMaskedSoftmaxAttentionWithItsGradients) {
  for (const std::int64_t length : {1, 63, 64, 65, 150, 600}) {
    const Tensor q = Random({3, length, 4}, 1).requires_grad_();
    const Tensor k = Random({3, length, 4}, 2).requires_grad_();
    const Tensor v = Random({3, length, 5}, 3).requires_grad_();
    const Tensor weight = Random({3, length, 5}, 4);
    const Tensor mask = torch::ones({length, length}, torch::kBool).triu(1);
    const Tensor scores = (torch::bmm(q, k.transpose(1, 2)) * 0.7).masked_fill(mask, -1e300);
    const Tensor expected = torch::bmm(torch::softmax(scores, -1), v);
    const Tensor actual = CausalAttention(q, k, v, 0.7);
    EXPECT_TRUE(torch::allclose(actual, expected, 1e-11, 1e-13)) << length;
    const auto expected_gradients = torch::autograd::grad({(expected * weight).sum()}, {q, k, v});
    const auto gradients = torch::autograd::grad({(actual * weight).sum()}, {q, k, v});
    for (std::size_t i = 0; i < 3; ++i) {
      EXPECT_TRUE(torch::allclose(gradients[i], expected_gradients[i], 1e-10, 1e-12))
          << "length " << length << ", input " << i;
    }
  }
}

TEST(Rotary, RefusesOddDimensions) {
  EXPECT_THROW(Rotary(3, 10000.0), std::logic_error);
  EXPECT_THROW(Rotary(0, 10000.0), std::logic_error);
}

TEST(Rotary, ProductsDependOnTheDistanceAlone) {
  Rotary rotary(6, 100.0);
  const Tensor q = Random({1, 1, 1, 6}, 1).expand({1, 9, 1, 6});
  const Tensor k = Random({1, 1, 1, 6}, 2).expand({1, 9, 1, 6});
  const Tensor products = rotary.Apply(q)[0].squeeze(1).matmul(rotary.Apply(k)[0].squeeze(1).t());
  for (std::int64_t t = 1; t < 9; ++t) {
    for (std::int64_t s = 1; s <= t; ++s) {
      EXPECT_NEAR(products[t][s].item<double>(), products[t - 1][s - 1].item<double>(), 1e-12);
    }
  }
}

}  // namespace
}  // namespace nam56r::runtime
