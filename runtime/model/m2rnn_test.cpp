#include "runtime/model/m2rnn.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "runtime/model/gradient_check.h"

namespace nam56r::runtime {
namespace {

recipe::Recipe M2rnnRecipe() {
  recipe::Recipe recipe;
  recipe.model.hidden_size = 24;
  recipe.model.depth = 13;
  recipe.model.init_std = 0.2;
  recipe.m2rnn = {.key_head_dim = 3, .value_head_dim = 5, .conv_kernel = 4};
  return recipe;
}

std::int64_t CountParameters(const torch::nn::Module& module) {
  std::int64_t count = 0;
  for (const torch::Tensor& parameter : module.parameters()) count += parameter.numel();
  return count;
}

TEST(M2rnnLayer, HoldsTheParametersOfTheRecordedModel) {
  recipe::Recipe recipe;
  recipe.model.hidden_size = 3584;
  recipe.model.depth = 52;
  recipe.m2rnn = {.key_head_dim = 64, .value_head_dim = 16, .conv_kernel = 4};
  EXPECT_EQ(CountParameters(M2rnnLayer(recipe, "slots.11", Initializer(1))), 8'206'360);
}

TEST(M2rnnLayer, NeedsNoMoreThanOneHead) {
  recipe::Recipe recipe = M2rnnRecipe();
  recipe.model.hidden_size = 6;  // narrower than a head
  M2rnnLayer layer(recipe, "slots.11", Initializer(1));
  ForwardRecord record;
  EXPECT_EQ(layer.Forward(torch::randn({2, 3, 6}), record).sizes(),
            (std::vector<std::int64_t>{2, 3, 6}));
}

TEST(M2rnnLayer, StartsTheSameForANameAndDiffersBetweenNames) {
  const recipe::Recipe recipe = M2rnnRecipe();
  const M2rnnLayer one(recipe, "slots.11", Initializer(1));
  const M2rnnLayer same(recipe, "slots.11", Initializer(1));
  const M2rnnLayer other(recipe, "slots.23", Initializer(1));
  const auto parameters = one.named_parameters();
  for (const auto& item : same.named_parameters()) {
    EXPECT_TRUE(torch::equal(item.value(), parameters[item.key()])) << item.key();
  }
  EXPECT_FALSE(
      torch::equal(other.named_parameters()["input_projection"], parameters["input_projection"]));
}

TEST(M2rnnLayer, IsCausal) {
  torch::manual_seed(4);
  M2rnnLayer layer(M2rnnRecipe(), "slots.11", Initializer(1));
  ForwardRecord record;
  const torch::Tensor x = torch::randn({1, 12, 24});
  const torch::Tensor before = layer.Forward(x, record);
  torch::Tensor changed = x.clone();
  changed.slice(1, 7).normal_();
  const torch::Tensor after = layer.Forward(changed, record);
  EXPECT_TRUE(torch::equal(before.slice(1, 0, 7), after.slice(1, 0, 7)));
  EXPECT_FALSE(torch::equal(before.slice(1, 7), after.slice(1, 7)));
}

TEST(M2rnnLayer, HasTheGradientOfFiniteDifferences) {
  torch::manual_seed(5);
  M2rnnLayer layer(M2rnnRecipe(), "slots.11", Initializer(1));
  layer.to(torch::kFloat64);
  ForwardRecord record;
  const auto options = torch::dtype(torch::kFloat64);
  const torch::Tensor x = torch::randn({2, 9, 24}, options).requires_grad_();
  const torch::Tensor weights = torch::randn({2, 9, 24}, options);
  std::vector<std::pair<std::string, torch::Tensor>> inputs = {{"x", x}};
  for (const auto& item : layer.named_parameters()) inputs.emplace_back(item.key(), item.value());
  EXPECT_EQ(inputs.size(), 11U);
  CheckGradients([&] { return (layer.Forward(x, record) * weights).sum(); }, inputs);
}

TEST(M2rnnLayer, RefusesASizeOfZero) {
  recipe::Recipe recipe = M2rnnRecipe();
  recipe.m2rnn.conv_kernel = 0;
  EXPECT_THROW(M2rnnLayer(recipe, "slots.11", Initializer(1)), std::logic_error);
}

}  // namespace
}  // namespace nam56r::runtime
