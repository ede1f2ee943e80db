#include "runtime/train/adamw.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace nam56r::runtime {
namespace {

policy::Optimizer Options() {
  policy::Optimizer options;
  options.weight_decay = 0.1;
  options.beta1 = 0.9;
  options.beta2 = 0.95;
  options.epsilon = 1e-8;
  return options;
}

std::vector<StageParameter> RandomParameters() {
  torch::manual_seed(7);
  const auto leaf = [](std::vector<std::int64_t> shape) {
    return torch::randn(shape).requires_grad_(true);
  };
  return {{"slots.1.w", leaf({300, 211}), Replication::kDense, true},
          {"slots.1.norm", leaf({37}), Replication::kDense, false},
          {"embedding.word", leaf({11, 5}), Replication::kEmbedding, true},
          {"slots.2.experts.w1", leaf({3, 70, 9}), Replication::kExpert, true},
          {"slots.2.experts.b1", leaf({3, 9}), Replication::kExpert, false}};
}

TEST(FlatParameters, KeepValuesShapesAndIdentityOfTheLeaves) {
  auto parameters = RandomParameters();
  std::vector<torch::Tensor> before;
  for (const auto& parameter : parameters) before.push_back(parameter.tensor.detach().clone());
  FlatParameters flat(parameters);
  std::int64_t count = 0;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    EXPECT_TRUE(parameters[i].tensor.equal(before[i])) << parameters[i].name;
    EXPECT_TRUE(parameters[i].tensor.is_leaf());
    count += before[i].numel();
  }
  EXPECT_EQ(flat.count(), count);
  {
    const torch::NoGradGuard no_grad;
    flat.values().fill_(2.0);
  }
  for (const auto& parameter : parameters) EXPECT_TRUE(parameter.tensor.eq(2.0).all().item<bool>());
}

TEST(FlatParameters, BackwardAddsIntoTheFlatBuffer) {
  auto parameters = RandomParameters();
  FlatParameters flat(parameters);
  for (int pass = 1; pass <= 2; ++pass) {
    torch::Tensor sum = torch::zeros({});
    for (const auto& parameter : parameters) sum = sum + parameter.tensor.sum() * 3.0;
    sum.backward();
    EXPECT_NEAR(flat.gradients().sum().item<double>(),
                3.0 * pass * static_cast<double>(flat.count()), 1.0);
  }
  EXPECT_EQ(flat.GradientsOf(Replication::kEmbedding).count_nonzero().item<std::int64_t>(), 55);
  EXPECT_EQ(flat.GradientsOf(Replication::kExpert).count_nonzero().item<std::int64_t>(),
            3 * 70 * 9 + 27);
  flat.ZeroGradients();
  for (const auto& parameter : parameters) {
    EXPECT_EQ(parameter.tensor.grad().count_nonzero().item<std::int64_t>(), 0);
  }
}

TEST(FlatParameters, NameTheParametersWhoseGradientIsNotFinite) {
  auto parameters = RandomParameters();
  FlatParameters flat(parameters);
  EXPECT_THAT(flat.NonFiniteGradients(), ::testing::IsEmpty());
  parameters[0].tensor.mutable_grad()[5][7] = std::nan("");
  parameters[3].tensor.mutable_grad()[0][0][0] = INFINITY;
  EXPECT_THAT(flat.NonFiniteGradients(),
              ::testing::UnorderedElementsAre("slots.1.w", "slots.2.experts.w1"));
}

TEST(FlatParameters, RefuseAParameterThatTakesNoGradient) {
  EXPECT_THROW(FlatParameters({{"w", torch::ones({2}), Replication::kDense, true}}),
               std::logic_error);
}

TEST(AdamW, FollowsTheFormulaElementByElement) {
  const auto options = Options();
  torch::Tensor leaf = torch::tensor({0.5f, -1.0f, 2.0f}).requires_grad_(true);
  FlatParameters flat({{"w", leaf, Replication::kDense, true}});
  AdamW optimizer(flat, options);
  double value[3] = {0.5, -1.0, 2.0}, first[3] = {}, second[3] = {};
  for (int step = 1; step <= 50; ++step) {
    const double lr = 0.01 / step;
    for (int i = 0; i < 3; ++i) {
      const double gradient = std::sin(step * (i + 1.0));
      leaf.mutable_grad()[i] = gradient;
      first[i] = options.beta1 * first[i] + (1 - options.beta1) * 0.5 * gradient;
      second[i] = options.beta2 * second[i] + (1 - options.beta2) * 0.25 * gradient * gradient;
      value[i] -= lr * options.weight_decay * value[i];
      value[i] -= lr * (first[i] / (1 - std::pow(options.beta1, step))) /
                  (std::sqrt(second[i] / (1 - std::pow(options.beta2, step))) + options.epsilon);
    }
    optimizer.Step(lr, 0.5);
  }
  for (int i = 0; i < 3; ++i) EXPECT_NEAR(leaf[i].item<double>(), value[i], 2e-6);
}

TEST(AdamW, AgreesWithLibTorchsOverEveryKindOfParameter) {
  const auto options = Options();
  auto parameters = RandomParameters();
  std::vector<torch::optim::OptimizerParamGroup> groups;
  std::vector<torch::Tensor> theirs;
  for (const auto& parameter : parameters) {
    theirs.push_back(parameter.tensor.detach().clone().requires_grad_(true));
    auto group_options = std::make_unique<torch::optim::AdamWOptions>(0.01);
    group_options->betas({options.beta1, options.beta2})
        .eps(options.epsilon)
        .weight_decay(parameter.weight_decay ? options.weight_decay : 0.0);
    groups.emplace_back(std::vector<torch::Tensor>{theirs.back()}, std::move(group_options));
  }
  torch::optim::AdamW reference(groups, torch::optim::AdamWOptions(0.01));
  FlatParameters flat(parameters);
  AdamW ours(flat, options);
  for (int step = 0; step < 20; ++step) {
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      const auto gradient = torch::randn_like(theirs[i]);
      theirs[i].mutable_grad() = gradient;
      parameters[i].tensor.mutable_grad().copy_(gradient);
    }
    ours.Step(0.01);
    reference.step();
  }
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    EXPECT_TRUE(torch::allclose(parameters[i].tensor, theirs[i], 1e-5, 1e-6)) << parameters[i].name;
  }
}

TEST(AdamW, ClippingScalesTheGradientAndNotTheDecay) {
  for (const double scale : {1.0, 0.25}) {
    torch::Tensor leaf = torch::ones({4}).requires_grad_(true);
    FlatParameters flat({{"w", leaf, Replication::kDense, true}});
    AdamW optimizer(flat, Options());
    optimizer.Step(0.5, scale);  // no gradient: only the decay moves the value
    EXPECT_TRUE(torch::allclose(leaf, torch::full({4}, 0.95)));
  }
}

}  // namespace
}  // namespace nam56r::runtime
