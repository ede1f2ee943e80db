#include "runtime/model/m2rnn_scan.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <vector>

#include "runtime/model/gradient_check.h"

namespace nam56r::runtime {
namespace {

struct Inputs {
  torch::Tensor query, key, value, forget, weight;

  std::vector<torch::Tensor> all() const { return {query, key, value, forget, weight}; }
};

Inputs RandomInputs(std::int64_t batch, std::int64_t sequence, std::int64_t heads,
                    std::int64_t keys, std::int64_t values,
                    torch::ScalarType type = torch::kFloat64) {
  const auto options = torch::dtype(torch::kFloat64);
  const auto leaf = [&](const torch::Tensor& x) {
    return x.to(type).detach().clone().requires_grad_();
  };
  torch::manual_seed(batch + 10 * sequence + 100 * keys);
  return {leaf(torch::randn({batch, sequence, keys}, options)),
          leaf(torch::randn({batch, sequence, keys}, options)),
          leaf(torch::randn({batch, sequence, heads, values}, options)),
          leaf(torch::rand({batch, sequence, heads}, options)),
          leaf(torch::eye(values, options) + 0.3 * torch::randn({heads, values, values}, options))};
}

torch::Tensor Scan(const Inputs& in) {
  return M2rnnScan(in.query, in.key, in.value, in.forget, in.weight);
}

// The recurrence as the header has it, a token at a time, in LibTorch's own operators.
torch::Tensor Steps(const Inputs& in) {
  const std::int64_t batch = in.value.size(0);
  const std::int64_t heads = in.value.size(2);
  torch::Tensor state = torch::zeros({batch, heads, in.query.size(2), in.value.size(3)},
                                     in.value.options().requires_grad(false));
  std::vector<torch::Tensor> outputs;
  for (std::int64_t t = 0; t < in.value.size(1); ++t) {
    const torch::Tensor outer =
        in.key.select(1, t).unsqueeze(1).unsqueeze(3) * in.value.select(1, t).unsqueeze(2);
    const torch::Tensor candidate = torch::tanh(torch::matmul(state, in.weight) + outer);
    const torch::Tensor forget = in.forget.select(1, t).unsqueeze(2).unsqueeze(3);
    state = forget * state + (1 - forget) * candidate;
    outputs.push_back((in.query.select(1, t).unsqueeze(1).unsqueeze(3) * state).sum(2));
  }
  return torch::stack(outputs, 1);
}

TEST(M2rnnScan, EqualsTheRecurrenceStepByStep) {
  // Around the checkpoints, and with the vector kernel's row length and another.
  for (const std::int64_t sequence : {1, 2, 63, 64, 65, 128, 150}) {
    for (const std::int64_t values : {16, 5}) {
      const Inputs in = RandomInputs(2, sequence, 3, 7, values);
      const torch::Tensor weights =
          torch::randn({2, sequence, 3, values}, torch::dtype(torch::kFloat64));
      const torch::Tensor actual = Scan(in);
      const torch::Tensor expected = Steps(in);
      ASSERT_LT(RelativeDifference(actual, expected), 1e-12) << sequence;
      const auto got = torch::autograd::grad({(actual * weights).sum()}, in.all());
      const auto want = torch::autograd::grad({(expected * weights).sum()}, in.all());
      for (std::size_t i = 0; i < got.size(); ++i) {
        // One token: the state before it is zero, and so are the gradients of forget's partner W.
        if (want[i].abs().max().item<double>() == 0.0) {
          EXPECT_EQ(got[i].abs().max().item<double>(), 0.0) << sequence << " " << i;
        } else {
          EXPECT_LT(RelativeDifference(got[i], want[i]), 1e-10) << sequence << " input " << i;
        }
      }
    }
  }
}

TEST(M2rnnScan, HasTheGradientOfFiniteDifferences) {
  const Inputs in = RandomInputs(2, 70, 2, 3, 4);
  const torch::Tensor weights = torch::randn({2, 70, 2, 4}, torch::dtype(torch::kFloat64));
  CheckGradients([&] { return (Scan(in) * weights).sum(); }, {{"query", in.query},
                                                              {"key", in.key},
                                                              {"value", in.value},
                                                              {"forget", in.forget},
                                                              {"state_weight", in.weight}});
}

TEST(M2rnnScan, SinglePrecisionFollowsDouble) {
  const Inputs in = RandomInputs(2, 200, 3, 16, 16);
  const Inputs single = {in.query.to(torch::kFloat32), in.key.to(torch::kFloat32),
                         in.value.to(torch::kFloat32), in.forget.to(torch::kFloat32),
                         in.weight.to(torch::kFloat32)};
  EXPECT_LT(RelativeDifference(Scan(single).to(torch::kFloat64), Scan(in)), 1e-3);
}

TEST(M2rnnScan, TakesInputsThatAreNotContiguous) {
  const Inputs in = RandomInputs(2, 9, 3, 4, 16);
  Inputs strided = in;
  strided.value = in.value.transpose(1, 2).contiguous().transpose(1, 2);
  strided.query = in.query.transpose(0, 1).contiguous().transpose(0, 1);
  EXPECT_TRUE(torch::equal(Scan(strided), Scan(in)));
}

TEST(M2rnnScan, RefusesShapesThatDoNotFit) {
  const Inputs in = RandomInputs(2, 9, 3, 4, 16);
  Inputs wrong = in;
  wrong.weight = torch::zeros({3, 16, 8});
  EXPECT_THROW(Scan(wrong), std::logic_error);
  wrong = in;
  wrong.forget = torch::zeros({2, 9, 4});
  EXPECT_THROW(Scan(wrong), std::logic_error);
}

}  // namespace
}  // namespace nam56r::runtime
