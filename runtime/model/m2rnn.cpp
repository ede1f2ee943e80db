#include "runtime/model/m2rnn.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "runtime/model/m2rnn_scan.h"
#include "runtime/model/output_std.h"
#include "runtime/model/step_init.h"

namespace nam56r::runtime {

M2rnnLayer::M2rnnLayer(const recipe::Recipe& recipe, const std::string& global_prefix,
                       const Initializer& initializer)
    : keys_(recipe.m2rnn.key_head_dim), values_(recipe.m2rnn.value_head_dim) {
  const std::int64_t hidden = recipe.model.hidden_size;
  const std::int64_t kernel = recipe.m2rnn.conv_kernel;
  if (hidden < 1 || keys_ < 1 || values_ < 1 || kernel < 1) {
    throw std::logic_error("M2rnnLayer: sizes are positive");
  }
  heads_ = std::max<std::int64_t>(1, hidden / (keys_ + values_));
  const std::int64_t wide = heads_ * values_;
  const std::int64_t convolved = 2 * keys_ + wide;

  const auto name = [&](const char* tensor) { return global_prefix + "." + tensor; };
  const double epsilon = recipe.model.norm_epsilon;
  const double std = recipe.model.init_std;
  norm_ = register_module("norm", std::make_shared<RmsNormLayer>(hidden, epsilon));
  in_proj_ = register_parameter(
      "input_projection",
      initializer.Normal(name("input_projection"), {convolved + heads_ + wide, hidden}, std));
  // PyTorch's own default for a depthwise convolution.
  const double bound = 1.0 / std::sqrt(static_cast<double>(kernel));
  const auto convolution = register_module("conv1d", std::make_shared<torch::nn::Module>());
  conv_weight_ = convolution->register_parameter(
      "weight", initializer.Uniform(name("conv1d.weight"), {convolved, 1, kernel}, -bound, bound));
  conv_bias_ = convolution->register_parameter(
      "bias", initializer.Uniform(name("conv1d.bias"), {convolved}, -bound, bound));
  // A uniform in (0, 16): away from 0, whose logarithm is infinite.
  constexpr double kSmallestRate = 1e-4;
  constexpr double kLargestRate = 16.0;
  a_log_ = register_parameter(
      "A_log", initializer.Uniform(name("A_log"), {heads_}, kSmallestRate, kLargestRate).log());
  dt_bias_ = register_parameter("dt_bias", InitialStepBias(initializer, name("dt_bias"), heads_));
  state_weight_ =
      register_parameter("state_weight", torch::eye(values_).repeat({heads_, 1, 1}).contiguous());
  d_ = register_parameter("D", torch::ones({heads_, values_}));
  g_norm_ = register_module("g_norm", std::make_shared<RmsNormLayer>(wide, epsilon));
  out_proj_ = register_parameter(
      "output_projection",
      initializer.Normal(name("output_projection"), {hidden, wide}, OutputProjectionStd(recipe)));
}

torch::Tensor M2rnnLayer::Forward(const torch::Tensor& x, ForwardRecord& /*record*/) {
  return x + Mixer(norm_->Forward(x));
}

torch::Tensor M2rnnLayer::Convolve(const torch::Tensor& x) const {
  // As a sum of shifted products: a kernel is a few tokens long, and the layout stays token-major.
  const std::int64_t sequence = x.size(1);
  const std::int64_t kernel = conv_weight_.size(2);
  const torch::Tensor padded = torch::constant_pad_nd(x, {0, 0, kernel - 1, 0});
  const std::vector<torch::Tensor> taps = conv_weight_.squeeze(1).unbind(1);
  torch::Tensor sum = conv_bias_;
  for (std::int64_t i = 0; i < kernel; ++i) {
    sum = torch::addcmul(sum, padded.slice(1, i, i + sequence), taps[static_cast<std::size_t>(i)]);
  }
  return sum;
}

torch::Tensor M2rnnLayer::Mixer(const torch::Tensor& u) const {
  const std::int64_t wide = heads_ * values_;
  const std::vector<torch::Tensor> parts =
      torch::linear(u, in_proj_).split_with_sizes({2 * keys_ + wide, heads_, wide}, -1);
  const std::vector<torch::Tensor> mixed =
      torch::silu(Convolve(parts[0])).split_with_sizes({keys_, keys_, wide}, -1);
  const torch::Tensor value = mixed[2].unflatten(-1, {heads_, values_});
  const torch::Tensor forget =
      torch::exp(-torch::exp(a_log_) * torch::softplus(parts[1] + dt_bias_));
  const torch::Tensor scanned = M2rnnScan(mixed[0], mixed[1], value, forget, state_weight_);
  const torch::Tensor output = torch::addcmul(scanned, d_, value).flatten(2);
  return torch::linear(g_norm_->Forward(output * torch::silu(parts[2])), out_proj_);
}

}  // namespace nam56r::runtime
