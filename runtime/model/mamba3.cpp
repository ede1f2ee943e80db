#include "runtime/model/mamba3.h"

#include <stdexcept>
#include <vector>

#include "runtime/model/mamba3_scan.h"
#include "runtime/model/output_std.h"
#include "runtime/model/step_init.h"

namespace nam56r::runtime {
namespace {

// Of B and C; not the model's (mamba_ssm/modules/mamba3.py, B_norm).
constexpr double kStateNormEpsilon = 1e-5;

// 1 + x for x >= 0, 1 / (1 - x) below: positive, smooth at 0.
torch::Tensor HeavyTail(const torch::Tensor& x) {
  return x.clamp_min(0) + torch::reciprocal(1 - x.clamp_max(0));
}

void Require(bool condition, const char* what) {
  if (!condition) throw std::logic_error(std::string("Mamba3Layer: ") + what);
}

}  // namespace

Mamba3Layer::Mamba3Layer(const recipe::Recipe& recipe, const std::string& global_prefix,
                         const Initializer& initializer)
    : shape_(recipe.mamba) {
  const std::int64_t hidden = recipe.model.hidden_size;
  const std::int64_t rank = shape_.mimo_rank;
  const std::int64_t state = shape_.state_size;
  inner_ = shape_.expand * hidden;
  Require(rank >= 1 && shape_.chunk_size >= 1 && shape_.num_groups >= 1, "sizes are positive");
  Require(inner_ % shape_.head_dim == 0, "head_dim divides expand * hidden_size");
  heads_ = inner_ / shape_.head_dim;
  Require(heads_ % shape_.num_groups == 0, "num_groups divides the heads");
  Require(state % 2 == 0, "state_size is even");
  angles_ = static_cast<std::int64_t>(static_cast<double>(state) * shape_.rope_fraction) / 2;
  Require(angles_ >= 1 && angles_ <= state / 2, "rope_fraction leaves between 1 and N/2 angles");
  Require(shape_.a_activation == "softplus" || shape_.a_activation == "heavy_tail",
          "a_activation is softplus or heavy_tail");

  const auto name = [&](const char* tensor) { return global_prefix + "." + tensor; };
  const double epsilon = recipe.model.norm_epsilon;
  const double std = recipe.model.init_std;
  norm_ = register_module("norm", std::make_shared<RmsNormLayer>(hidden, epsilon));
  pre_norm_ = register_module("pre_norm", std::make_shared<RmsNormLayer>(hidden, epsilon));
  in_proj_ = register_parameter(
      "in_proj",
      initializer.Normal(name("in_proj"),
                         {2 * inner_ + 2 * rank * shape_.num_groups * state + 3 * heads_, hidden},
                         std));
  angle_proj_ = register_parameter("angle_proj",
                                   initializer.Normal(name("angle_proj"), {angles_, hidden}, std));
  dt_bias_ = register_parameter("dt_bias", InitialStepBias(initializer, name("dt_bias"), heads_));
  b_bias_ = register_parameter("B_bias", torch::ones({heads_, rank, state}));
  c_bias_ = register_parameter("C_bias", torch::ones({heads_, rank, state}));
  b_norm_ = register_module("B_norm", std::make_shared<RmsNormLayer>(state, kStateNormEpsilon));
  c_norm_ = register_module("C_norm", std::make_shared<RmsNormLayer>(state, kStateNormEpsilon));
  if (rank > 1) {
    const std::vector<std::int64_t> shape = {heads_, rank, shape_.head_dim};
    const double share = 1.0 / static_cast<double>(rank);
    mimo_x_ = register_parameter("mimo_x", torch::full(shape, share));
    mimo_z_ = register_parameter("mimo_z", torch::ones(shape));
    mimo_o_ = register_parameter("mimo_o", torch::full(shape, share));
  }
  d_ = register_parameter("D", torch::ones({heads_}));
  out_proj_ = register_parameter("out_proj", initializer.Normal(name("out_proj"), {hidden, inner_},
                                                                OutputProjectionStd(recipe)));
}

torch::Tensor Mamba3Layer::Forward(const torch::Tensor& x, ForwardRecord& /*record*/) {
  return x + Mixer(pre_norm_->Forward(norm_->Forward(x)));
}

torch::Tensor Mamba3Layer::Mixer(const torch::Tensor& u) const {
  const std::int64_t rank = shape_.mimo_rank;
  const std::int64_t groups = shape_.num_groups;
  const std::int64_t state = shape_.state_size;
  const std::int64_t keys = rank * groups * state;
  const std::vector<torch::Tensor> parts =
      torch::linear(u, torch::cat({in_proj_, angle_proj_}))
          .split_with_sizes({inner_, inner_, keys, keys, heads_, heads_, heads_, angles_}, -1);
  const auto to_heads = [&](const torch::Tensor& t) {
    return t.unflatten(-1, {heads_, shape_.head_dim});
  };
  const auto to_groups = [&](const torch::Tensor& t) {
    return t.unflatten(-1, {rank, groups, state});
  };
  const torch::Tensor z = to_heads(parts[0]);
  const torch::Tensor a =
      shape_.a_activation == "softplus" ? torch::softplus(parts[5]) : HeavyTail(parts[5]);

  Mamba3ScanInputs in;
  in.value = to_heads(parts[1]);
  in.value_rank = mimo_x_;
  in.key = b_norm_->Forward(to_groups(parts[2]));
  in.query = c_norm_->Forward(to_groups(parts[3]));
  in.key_bias = b_bias_;
  in.query_bias = c_bias_;
  in.step = torch::softplus(parts[4] + dt_bias_);
  in.log_decay = in.step * torch::clamp_max(-a, -shape_.a_floor);
  in.trapezoid = torch::sigmoid(parts[6]);
  in.angle_rate = parts[7];
  in.skip = d_;
  const torch::Tensor y = Mamba3Scan(
      in, rank > 1 ? RotaryPairing::kHalves : RotaryPairing::kAdjacent, shape_.chunk_size);

  // y [B,S,H,R,P] -> [B,S,H,P].
  const torch::Tensor gated = rank > 1
                                  ? (y * torch::silu(z.unsqueeze(3) * mimo_z_) * mimo_o_).sum(3)
                                  : y.squeeze(3) * torch::silu(z);
  return torch::linear(gated.flatten(2), out_proj_);
}

}  // namespace nam56r::runtime
