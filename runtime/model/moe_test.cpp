#include "runtime/model/moe.h"

#include <set>

#include "runtime/model/gradient_check.h"
#include "runtime/model/model_test_support.h"

namespace nam56r::runtime {
namespace {

using testing::Random;
using testing::SmallRecipe;
using testing::ThreadExchange;
using testing::ThreadGroup;
using torch::Tensor;

Tensor Bias(const MoeLayer& layer) { return layer.named_buffers()["expert_bias"]; }

/// The bias that makes |expert| win or lose every selection.
void Push(MoeLayer& layer, std::int64_t expert, double by) {
  const torch::NoGradGuard no_grad;
  Bias(layer)[expert] += by;
}

struct ScoreFunction : ::testing::TestWithParam<std::string> {
  recipe::Recipe Recipe() const {
    recipe::Recipe recipe = SmallRecipe();
    recipe.moe.score_function = GetParam();
    return recipe;
  }
};
INSTANTIATE_TEST_SUITE_P(MoeLayer, ScoreFunction, ::testing::Values("sigmoid", "softmax"));

TEST_P(ScoreFunction, GradientsAgreeWithFiniteDifferences) {
  const recipe::Recipe recipe = Recipe();
  LocalExchange exchange;
  MoeLayer layer(recipe, "slots.1", Initializer(3), exchange);
  layer.to(torch::kDouble);
  const Tensor x = Random({2, 5, 12}, 1).requires_grad_();
  const Tensor weight = Random({2, 5, 12}, 2);

  // A finite difference says nothing where it moves a token to another expert: require that every
  // selection, biased or not, is decided by far more than the step can move a score.
  {
    const torch::NoGradGuard no_grad;
    const Tensor normed = x / (x.square().mean(-1, true) + recipe.model.norm_epsilon).sqrt();
    const Tensor logits = normed.matmul(layer.named_parameters()["router"].t());
    const Tensor scores =
        GetParam() == "sigmoid" ? torch::sigmoid(logits) : torch::softmax(logits, -1);
    const Tensor sorted = std::get<0>(torch::sort(scores, -1, true));
    ASSERT_GT((sorted.select(-1, 1) - sorted.select(-1, 2)).min().item<double>(), 5e-4);
  }
  auto leaves = testing::Leaves(layer);
  leaves.emplace_back("x", x);
  CheckGradients(
      [&] {
        ForwardRecord record;
        const Tensor y = layer.Forward(x, record);
        return (y * weight).sum() + record.auxiliary_losses.at(0);
      },
      leaves);
}

// The definition, token by token.
TEST_P(ScoreFunction, IsTheWeightedSumOfTheSelectedExperts) {
  const recipe::Recipe recipe = Recipe();
  const torch::NoGradGuard no_grad;
  LocalExchange exchange;
  MoeLayer layer(recipe, "slots.1", Initializer(5), exchange);
  Push(layer, 2, 0.2);
  layer.to(torch::kDouble);
  const auto p = layer.named_parameters();
  const Tensor x = Random({1, 9, 12}, 6);
  Tensor expected = x.clone();
  for (std::int64_t t = 0; t < 9; ++t) {
    const Tensor normed = x[0][t] / (x[0][t].square().mean() + recipe.model.norm_epsilon).sqrt();
    const auto network = [&](const Tensor& w1, const Tensor& w2) {
      return w2.matmul(torch::gelu(w1.matmul(normed)));
    };
    const Tensor logits = p["router"].matmul(normed);
    const Tensor scores =
        GetParam() == "sigmoid" ? torch::sigmoid(logits) : torch::softmax(logits, 0);
    const Tensor order = torch::argsort(scores + Bias(layer), 0, true);
    const std::int64_t a = order[0].item<std::int64_t>(), b = order[1].item<std::int64_t>();
    const Tensor sum = scores[a] + scores[b];
    for (const std::int64_t e : {a, b}) {
      expected[0][t] += scores[e] / sum * network(p["experts.w1"][e], p["experts.w2"][e]);
    }
    expected[0][t] += network(p["shared_expert.w1"], p["shared_expert.w2"]);
  }
  ForwardRecord record;
  EXPECT_TRUE(torch::allclose(layer.Forward(x, record), expected, 1e-10, 1e-12));
}

TEST(Route, TheBiasSelectsButDoesNotWeigh) {
  recipe::Moe moe = SmallRecipe().moe;
  const Tensor logits = torch::tensor({{2.0, 1.0, 0.5, -3.0}}, torch::kDouble).requires_grad_();
  const Tensor bias = torch::tensor({0.0, 0.0, 0.0, 5.0}, torch::kDouble);
  const Routing routing = Route(logits, bias, moe);
  EXPECT_EQ(routing.experts[0][0].item<std::int64_t>(), 3);
  EXPECT_EQ(routing.experts[0][1].item<std::int64_t>(), 0);
  const Tensor scores = torch::sigmoid(logits[0]);
  EXPECT_NEAR(routing.weights[0][0].item<double>(),
              (scores[3] / (scores[3] + scores[0])).item<double>(), 1e-12);
  EXPECT_NEAR(routing.weights.sum().item<double>(), 1.0, 1e-12);
}

TEST(Route, WithOneExpertATokenTheWeightKeepsItsGradient) {
  recipe::Moe moe = SmallRecipe().moe;
  moe.router_topk = 1;
  const Tensor logits = Random({3, 4}, 1).requires_grad_();
  const Routing routing = Route(logits, torch::zeros({4}), moe);
  EXPECT_TRUE(
      torch::allclose(routing.weights.squeeze(1), std::get<0>(torch::sigmoid(logits).max(-1))));
  EXPECT_GT(torch::autograd::grad({routing.weights.sum()}, {logits})[0].abs().sum().item<double>(),
            0.0);
}

TEST(Route, AuxiliaryLossOfAPerfectBalanceIsTheCoefficient) {
  recipe::Moe moe = SmallRecipe().moe;
  // Tokens 0..3 prefer experts (0,1), (1,2), (2,3), (3,0): each expert gets two of eight.
  const Tensor logits = torch::tensor(
      {{1.0, 1.0, 0.0, 0.0}, {0.0, 1.0, 1.0, 0.0}, {0.0, 0.0, 1.0, 1.0}, {1.0, 0.0, 0.0, 1.0}},
      torch::kDouble);
  for (const char* function : {"sigmoid", "softmax"}) {
    moe.score_function = function;
    const Routing routing = Route(logits, torch::zeros({4}), moe);
    EXPECT_NEAR(routing.auxiliary_loss.item<double>(), moe.aux_loss_coeff, 1e-12) << function;
  }
}

TEST(Route, AuxiliaryLossCountsTokensWithoutTheBias) {
  const recipe::Moe moe = SmallRecipe().moe;
  const Tensor logits = Random({6, 4}, 3);
  const Tensor bias = torch::tensor({0.0, 9.0, 9.0, 0.0}, torch::kDouble);
  EXPECT_EQ(Route(logits, bias, moe).auxiliary_loss.item<double>(),
            Route(logits, torch::zeros({4}), moe).auxiliary_loss.item<double>());
}

TEST(Route, WithoutACoefficientThereIsNoAuxiliaryLoss) {
  recipe::Recipe recipe = SmallRecipe();
  recipe.moe.aux_loss_coeff = 0.0;
  LocalExchange exchange;
  MoeLayer layer(recipe, "slots.1", Initializer(3), exchange);
  ForwardRecord record;
  layer.Forward(Random({1, 3, 12}, 1, torch::kFloat32), record);
  EXPECT_TRUE(record.auxiliary_losses.empty());
}

TEST(Route, RefusesAnUnknownScoreFunction) {
  recipe::Moe moe = SmallRecipe().moe;
  moe.score_function = "tanh";
  EXPECT_THROW(Route(torch::zeros({1, 4}), torch::zeros({4}), moe), std::logic_error);
}

TEST(MoeLayer, ExpertsWithoutTokensGetAZeroGradient) {
  LocalExchange exchange;
  MoeLayer layer(SmallRecipe(), "slots.1", Initializer(3), exchange);
  Push(layer, 0, -100.0);
  Push(layer, 3, -100.0);
  ForwardRecord record;
  layer.Forward(Random({2, 4, 12}, 1, torch::kFloat32), record).sum().backward();
  const Tensor gradient = layer.named_parameters()["experts.w1"].grad();
  ASSERT_TRUE(gradient.defined());
  for (const std::int64_t idle : {0, 3}) EXPECT_EQ(gradient[idle].abs().max().item<float>(), 0.0F);
  for (const std::int64_t busy : {1, 2}) EXPECT_GT(gradient[busy].abs().max().item<float>(), 0.0F);
}

TEST(MoeLayer, PositionsDoNotMix) {
  LocalExchange exchange;
  MoeLayer layer(SmallRecipe(), "slots.1", Initializer(3), exchange);
  layer.to(torch::kDouble);
  const Tensor x = Random({1, 6, 12}, 1);
  Tensor changed = x.clone();
  changed.select(1, 4) += 1.0;
  ForwardRecord record;
  const Tensor before = layer.Forward(x, record), after = layer.Forward(changed, record);
  EXPECT_TRUE(torch::allclose(before.slice(1, 0, 4), after.slice(1, 0, 4), 1e-12, 1e-13));
  EXPECT_TRUE(torch::allclose(before.slice(1, 5), after.slice(1, 5), 1e-12, 1e-13));
}

TEST(MoeLayer, CountsItsOwnTokensInTrainingPassesAlone) {
  LocalExchange exchange;
  MoeLayer layer(SmallRecipe(), "slots.1", Initializer(3), exchange);
  const Tensor x = Random({2, 5, 12}, 1, torch::kFloat32);
  ForwardRecord record;
  {
    const torch::NoGradGuard validation;
    layer.Forward(x, record);
  }
  EXPECT_EQ(layer.TakeLoad().sum().item<std::int64_t>(), 0);
  layer.Forward(x, record);
  layer.Forward(x, record);
  EXPECT_EQ(layer.TakeLoad().sum().item<std::int64_t>(), 2 * 10 * 2);
  EXPECT_EQ(layer.TakeLoad().sum().item<std::int64_t>(), 0);
}

TEST(MoeLayer, TheBiasMovesAgainstTheLoad) {
  LocalExchange exchange;
  recipe::Recipe recipe = SmallRecipe();
  recipe.moe.expert_bias_update_rate = 0.5;
  MoeLayer layer(recipe, "slots.1", Initializer(3), exchange);
  layer.UpdateBias(torch::tensor({10, 0, 5, 5}, torch::kInt64));
  EXPECT_TRUE(torch::equal(Bias(layer), torch::tensor({-0.5F, 0.5F, 0.0F, 0.0F})));
  EXPECT_THROW(layer.UpdateBias(torch::zeros({3}, torch::kInt64)), std::logic_error);

  recipe.moe.expert_bias = false;
  MoeLayer unbiased(recipe, "slots.1", Initializer(3), exchange);
  unbiased.UpdateBias(torch::tensor({10, 0, 5, 5}, torch::kInt64));
  EXPECT_EQ(Bias(unbiased).abs().sum().item<float>(), 0.0F);
}

TEST(MoeLayer, AnExpertParallelSizeThatDoesNotDivideTheExpertsIsRefused) {
  ThreadGroup group(3);
  ThreadExchange exchange(group, 0);
  EXPECT_THROW(MoeLayer(SmallRecipe(), "slots.1", Initializer(3), exchange), std::logic_error);
}

/// One layer on |ranks| ranks with |x| cut by rows of the batch; outputs and the gradients of
/// sum(output * weight) + auxiliary losses, put together again.
struct Result {
  Tensor output, x_gradient, router_gradient, w1_gradient, w2_gradient, shared_gradient;
};
Result RunOn(std::int64_t ranks, const recipe::Recipe& recipe, const Tensor& x,
             const Tensor& weight, const std::vector<double>& bias) {
  ThreadGroup group(ranks);
  std::vector<Result> results(static_cast<std::size_t>(ranks));
  const auto cut = x.chunk(ranks), weights = weight.chunk(ranks);
  group.Run([&](std::int64_t rank) {
    const auto r = static_cast<std::size_t>(rank);
    ThreadExchange exchange(group, rank);
    MoeLayer layer(recipe, "slots.1", Initializer(3), exchange);
    for (std::size_t e = 0; e < bias.size(); ++e) {
      Push(layer, static_cast<std::int64_t>(e), bias[e]);
    }
    layer.to(torch::kDouble);
    const Tensor own = cut[r].clone().requires_grad_();
    ForwardRecord record;
    results[r].output = layer.Forward(own, record);
    (results[r].output * weights[r]).sum().backward();
    const auto p = layer.named_parameters();
    results[r].x_gradient = own.grad();
    results[r].router_gradient = p["router"].grad();
    results[r].w1_gradient = p["experts.w1"].grad();
    results[r].w2_gradient = p["experts.w2"].grad();
    results[r].shared_gradient = p["shared_expert.w1"].grad();
  });
  Result whole = results[0];
  for (std::size_t r = 1; r < results.size(); ++r) {
    whole.output = torch::cat({whole.output, results[r].output});
    whole.x_gradient = torch::cat({whole.x_gradient, results[r].x_gradient});
    whole.router_gradient = whole.router_gradient + results[r].router_gradient;
    whole.shared_gradient = whole.shared_gradient + results[r].shared_gradient;
    whole.w1_gradient = torch::cat({whole.w1_gradient, results[r].w1_gradient});
    whole.w2_gradient = torch::cat({whole.w2_gradient, results[r].w2_gradient});
  }
  return whole;
}

struct ExpertParallel : ::testing::TestWithParam<std::tuple<std::int64_t, std::vector<double>>> {};
// Balanced; everything to the last rank's experts; one expert of four idle.
INSTANTIATE_TEST_SUITE_P(MoeLayer, ExpertParallel,
                         ::testing::Combine(::testing::Values(2, 4),
                                            ::testing::Values(std::vector<double>{0, 0, 0, 0},
                                                              std::vector<double>{-100, -100, 0, 0},
                                                              std::vector<double>{0, 0, 0, -100})));

TEST_P(ExpertParallel, GivesTheNumbersOfOneRank) {
  const auto& [ranks, bias] = GetParam();
  const recipe::Recipe recipe = SmallRecipe();
  const Tensor x = Random({4, 3, 12}, 1);
  const Tensor weight = Random({4, 3, 12}, 2);
  const Result one = RunOn(1, recipe, x, weight, bias);
  const Result many = RunOn(ranks, recipe, x, weight, bias);
  const auto close = [](const Tensor& a, const Tensor& b) {
    return torch::allclose(a, b, 1e-11, 1e-13);
  };
  EXPECT_TRUE(close(one.output, many.output));
  EXPECT_TRUE(close(one.x_gradient, many.x_gradient));
  EXPECT_TRUE(close(one.router_gradient, many.router_gradient));
  EXPECT_TRUE(close(one.shared_gradient, many.shared_gradient));
  EXPECT_TRUE(close(one.w1_gradient, many.w1_gradient));
  EXPECT_TRUE(close(one.w2_gradient, many.w2_gradient));
}

}  // namespace
}  // namespace nam56r::runtime
