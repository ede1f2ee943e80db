#include "runtime/model/mamba3.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <stdexcept>

#include "runtime/model/gradient_check.h"

namespace nam56r::runtime {
namespace {

recipe::Recipe SmallRecipe(std::int64_t rank) {
  recipe::Recipe recipe;
  recipe.model.hidden_size = 12;
  recipe.model.depth = 13;
  recipe.model.init_std = 0.3;
  recipe.mamba = {.state_size = 8,
                  .head_dim = 3,
                  .num_groups = 2,
                  .expand = 2,
                  .mimo_rank = rank,
                  .chunk_size = 4,
                  .rope_fraction = 0.5};
  return recipe;
}

// In double precision, away from its symmetric start.
std::shared_ptr<Mamba3Layer> SmallLayer(const recipe::Recipe& recipe) {
  torch::manual_seed(6);
  auto layer = std::make_shared<Mamba3Layer>(recipe, "slots.2", Initializer(1));
  layer->to(torch::kFloat64);
  torch::NoGradGuard no_grad;
  for (torch::Tensor& parameter : layer->parameters()) {
    parameter.add_(torch::randn_like(parameter), 0.3);
  }
  return layer;
}

torch::Tensor Normalised(const torch::Tensor& x, const torch::Tensor& weight) {
  return x / torch::sqrt(x.square().mean(-1, true) + 1e-5) * weight;
}

// |x| [B,H,N] turned by |theta| [B,H,M], one pair after the other.
torch::Tensor Turned(const torch::Tensor& x, const torch::Tensor& theta, bool adjacent) {
  const std::int64_t half = x.size(2) / 2;
  torch::Tensor y = x.clone();
  for (std::int64_t i = 0; i < theta.size(2); ++i) {
    const std::int64_t first = adjacent ? 2 * i : i;
    const std::int64_t second = adjacent ? 2 * i + 1 : i + half;
    const torch::Tensor cosine = theta.select(2, i).cos();
    const torch::Tensor sine = theta.select(2, i).sin();
    y.select(2, first).copy_(x.select(2, first) * cosine - x.select(2, second) * sine);
    y.select(2, second).copy_(x.select(2, first) * sine + x.select(2, second) * cosine);
  }
  return y;
}

// The whole layer one token at a time, straight from the recurrence: the state, the turned keys and
// the values of the token before are all that it carries.
torch::Tensor Mamba3Steps(const Mamba3Layer& layer, const recipe::Recipe& recipe,
                          const torch::Tensor& input) {
  torch::NoGradGuard no_grad;
  const recipe::Mamba& m = recipe.mamba;
  const auto p = layer.named_parameters();
  const std::int64_t batch = input.size(0);
  const std::int64_t inner = m.expand * recipe.model.hidden_size;
  const std::int64_t heads = inner / m.head_dim;
  const std::int64_t keys = m.mimo_rank * m.num_groups * m.state_size;
  const std::int64_t per_group = heads / m.num_groups;
  const bool siso = m.mimo_rank == 1;
  const auto options = input.options();
  torch::Tensor theta = torch::zeros({batch, heads, p["angle_proj"].size(0)}, options);
  torch::Tensor state = torch::zeros({batch, heads, m.state_size, m.head_dim}, options);
  torch::Tensor previous = torch::zeros_like(state);  // sum over r of k v' of the token before
  std::vector<torch::Tensor> outputs;
  for (std::int64_t t = 0; t < input.size(1); ++t) {
    const torch::Tensor x_t = input.select(1, t);
    const torch::Tensor u = Normalised(Normalised(x_t, p["norm.weight"]), p["pre_norm.weight"]);
    const std::vector<torch::Tensor> parts =
        torch::matmul(u, p["in_proj"].t())
            .split_with_sizes({inner, inner, keys, keys, heads, heads, heads}, -1);
    const torch::Tensor z = parts[0].reshape({batch, heads, m.head_dim});
    const torch::Tensor x = parts[1].reshape({batch, heads, m.head_dim});
    const std::vector<std::int64_t> grouped = {batch, m.mimo_rank, m.num_groups, m.state_size};
    const torch::Tensor b = Normalised(parts[2].reshape(grouped), p["B_norm.weight"]);
    const torch::Tensor c = Normalised(parts[3].reshape(grouped), p["C_norm.weight"]);
    const torch::Tensor step = torch::log1p(torch::exp(parts[4] + p["dt_bias"]));
    const torch::Tensor raw = parts[5];
    const torch::Tensor activated = m.a_activation == "softplus"
                                        ? torch::log1p(torch::exp(raw))
                                        : torch::where(raw >= 0, 1 + raw, 1 / (1 - raw));
    const torch::Tensor a = torch::minimum(-activated, torch::full_like(raw, -m.a_floor));
    const torch::Tensor lambda = 1 / (1 + torch::exp(-parts[6]));
    const torch::Tensor rate =
        std::numbers::pi * torch::tanh(torch::matmul(u, p["angle_proj"].t()));
    theta = theta + rate.unsqueeze(1) * step.unsqueeze(2);

    torch::Tensor current = torch::zeros_like(state);
    std::vector<torch::Tensor> queries;
    std::vector<torch::Tensor> values;
    for (std::int64_t r = 0; r < m.mimo_rank; ++r) {
      const auto turned = [&](const torch::Tensor& group_vectors, const torch::Tensor& bias) {
        return Turned(
            group_vectors.select(1, r).repeat_interleave(per_group, 1) + bias.select(1, r), theta,
            siso);
      };
      const torch::Tensor key = turned(b, p["B_bias"]);
      queries.push_back(turned(c, p["C_bias"]));
      values.push_back(siso ? x : x * p["mimo_x"].select(1, r));
      current = current + key.unsqueeze(3) * values.back().unsqueeze(2);
    }
    const auto wide = [](const torch::Tensor& per_head) {
      return per_head.unsqueeze(2).unsqueeze(3);
    };
    const torch::Tensor alpha = torch::exp(step * a);
    state = wide(alpha) * state + wide(step * (1 - lambda) * alpha) * previous +
            wide(step * lambda) * current;
    previous = current;

    torch::Tensor out = torch::zeros_like(x);
    for (std::size_t r = 0; r < values.size(); ++r) {
      const auto rank = static_cast<std::int64_t>(r);
      const torch::Tensor y =
          (state * queries[r].unsqueeze(3)).sum(2) + p["D"].unsqueeze(1) * values[r];
      const torch::Tensor gate = siso ? z : z * p["mimo_z"].select(1, rank);
      const torch::Tensor gated = y * gate / (1 + torch::exp(-gate));
      out = out + (siso ? gated : gated * p["mimo_o"].select(1, rank));
    }
    outputs.push_back(x_t + torch::matmul(out.reshape({batch, inner}), p["out_proj"].t()));
  }
  return torch::stack(outputs, 1);
}

void ExpectChunkedEqualsSteps(const recipe::Recipe& recipe, std::int64_t sequence) {
  const auto layer = SmallLayer(recipe);
  ForwardRecord record;
  const torch::Tensor x =
      torch::randn({2, sequence, recipe.model.hidden_size}, torch::dtype(torch::kFloat64));
  // The residual is no part of what is compared.
  const torch::Tensor actual = layer->Forward(x, record) - x;
  const torch::Tensor expected = Mamba3Steps(*layer, recipe, x) - x;
  EXPECT_LT(RelativeDifference(actual, expected), 1e-9)
      << "rank " << recipe.mamba.mimo_rank << ", groups " << recipe.mamba.num_groups << ", rope "
      << recipe.mamba.rope_fraction << ", chunk " << recipe.mamba.chunk_size << ", sequence "
      << sequence;
}

TEST(Mamba3Layer, ChunkedEqualsStepByStep) {
  for (const std::int64_t rank : {1, 2, 4}) {
    for (const std::int64_t groups : {1, 2, 8}) {
      for (const double fraction : {0.5, 1.0}) {
        recipe::Recipe recipe = SmallRecipe(rank);
        recipe.mamba.num_groups = groups;
        recipe.mamba.rope_fraction = fraction;
        ExpectChunkedEqualsSteps(recipe, 13);
      }
    }
  }
}

TEST(Mamba3Layer, ChunkedEqualsStepByStepForEveryLength) {
  for (const std::int64_t rank : {1, 2}) {
    for (const std::int64_t chunk : {1, 4, 16}) {
      for (const std::int64_t sequence : {1, 2, 3, 4, 5, 8, 9, 40}) {
        recipe::Recipe recipe = SmallRecipe(rank);
        recipe.mamba.chunk_size = chunk;
        ExpectChunkedEqualsSteps(recipe, sequence);
      }
    }
  }
}

TEST(Mamba3Layer, TakesEitherActivationAndTheFloorOfA) {
  for (const double floor : {1e-4, 0.7}) {
    for (const char* activation : {"softplus", "heavy_tail"}) {
      recipe::Recipe recipe = SmallRecipe(2);
      recipe.mamba.a_activation = activation;
      recipe.mamba.a_floor = floor;
      ExpectChunkedEqualsSteps(recipe, 11);
    }
  }
}

TEST(Mamba3Layer, StaysFiniteWhereAChunkForgetsEverything) {
  recipe::Recipe recipe = SmallRecipe(2);
  recipe.mamba.chunk_size = 16;
  recipe.mamba.a_floor = 1e4;  // exp of the differences above the diagonal would overflow
  Mamba3Layer layer(recipe, "slots.2", Initializer(1));
  ForwardRecord record;
  const torch::Tensor x = torch::randn({1, 20, 12}).requires_grad_();
  const torch::Tensor y = layer.Forward(x, record);
  y.sum().backward();
  EXPECT_TRUE(torch::isfinite(y).all().item<bool>());
  EXPECT_TRUE(torch::isfinite(x.grad()).all().item<bool>());
  for (const auto& item : layer.named_parameters()) {
    EXPECT_TRUE(torch::isfinite(item.value().grad()).all().item<bool>()) << item.key();
  }
}

TEST(Mamba3Layer, SinglePrecisionFollowsDouble) {
  const recipe::Recipe recipe = SmallRecipe(2);
  const auto layer = SmallLayer(recipe);
  ForwardRecord record;
  const torch::Tensor x = torch::randn({2, 50, 12}, torch::dtype(torch::kFloat64));
  const torch::Tensor expected = layer->Forward(x, record) - x;
  layer->to(torch::kFloat32);
  const torch::Tensor single = x.to(torch::kFloat32);
  const torch::Tensor actual = (layer->Forward(single, record) - single).to(torch::kFloat64);
  EXPECT_LT(RelativeDifference(actual, expected), 1e-4);
}

TEST(Mamba3Layer, IsCausal) {
  const recipe::Recipe recipe = SmallRecipe(2);
  const auto layer = SmallLayer(recipe);
  ForwardRecord record;
  const torch::Tensor x = torch::randn({1, 13, 12}, torch::dtype(torch::kFloat64));
  const torch::Tensor before = layer->Forward(x, record);
  torch::Tensor changed = x.clone();
  changed.slice(1, 6).normal_();  // inside a chunk
  const torch::Tensor after = layer->Forward(changed, record);
  EXPECT_LT((before - after).slice(1, 0, 6).abs().max().item<double>(), 1e-14);
  EXPECT_GT((before - after).slice(1, 6).abs().max().item<double>(), 1e-3);
}

TEST(Mamba3Layer, HasTheGradientOfFiniteDifferences) {
  for (const std::int64_t rank : {1, 2}) {
    for (const char* activation : {"softplus", "heavy_tail"}) {
      recipe::Recipe recipe = SmallRecipe(rank);
      recipe.mamba.a_activation = activation;
      const auto layer = SmallLayer(recipe);
      ForwardRecord record;
      const auto options = torch::dtype(torch::kFloat64);
      const torch::Tensor x = torch::randn({2, 10, 12}, options).requires_grad_();
      const torch::Tensor weights = torch::randn({2, 10, 12}, options);
      std::vector<std::pair<std::string, torch::Tensor>> inputs = {{"x", x}};
      for (const auto& item : layer->named_parameters()) {
        inputs.emplace_back(item.key(), item.value());
      }
      EXPECT_EQ(inputs.size(), rank == 1 ? 12U : 15U);
      CheckGradients([&] { return (layer->Forward(x, record) * weights).sum(); }, inputs);
    }
  }
}

TEST(Mamba3Layer, HoldsTheParametersThatTheFormulaCounts) {
  const std::int64_t h = 128;
  const std::int64_t n = 32;
  const std::int64_t p = 32;
  const std::int64_t g = 2;
  const std::int64_t inner = 2 * h;
  const std::int64_t heads = inner / p;
  for (const std::int64_t r : {1, 2, 4}) {
    for (const double fraction : {0.5, 1.0}) {
      recipe::Recipe recipe;
      recipe.model.hidden_size = h;
      recipe.model.depth = 13;
      recipe.mamba = {.state_size = n,
                      .head_dim = p,
                      .num_groups = g,
                      .expand = 2,
                      .mimo_rank = r,
                      .chunk_size = 16,
                      .rope_fraction = fraction};
      const std::int64_t angles = fraction == 0.5 ? n / 4 : n / 2;
      const std::int64_t in_rows = 2 * inner + 2 * g * n * r + 3 * heads + angles;
      const std::int64_t gains = r == 1 ? 0 : 3 * heads * r * p;
      std::int64_t count = 0;
      for (const torch::Tensor& t : Mamba3Layer(recipe, "slots.2", Initializer(1)).parameters()) {
        count += t.numel();
      }
      EXPECT_EQ(count,
                h * in_rows + inner * h + 2 * heads + 2 * heads * r * n + gains + 2 * n + 2 * h);
    }
  }
}

TEST(Mamba3Layer, RefusesSizesThatDoNotFit) {
  const auto refuses = [](const auto& change) {
    recipe::Recipe recipe = SmallRecipe(2);
    change(recipe.mamba);
    EXPECT_THROW(Mamba3Layer(recipe, "slots.2", Initializer(1)), std::logic_error);
  };
  refuses([](recipe::Mamba& m) { m.head_dim = 7; });
  refuses([](recipe::Mamba& m) { m.num_groups = 3; });
  refuses([](recipe::Mamba& m) { m.state_size = 9; });
  refuses([](recipe::Mamba& m) { m.rope_fraction = 0.0; });
  refuses([](recipe::Mamba& m) { m.a_activation = "softmax"; });
  refuses([](recipe::Mamba& m) { m.mimo_rank = 0; });
}

}  // namespace
}  // namespace nam56r::runtime
