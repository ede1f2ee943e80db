#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <memory>
#include <string>

#include "runtime/model/init.h"
#include "runtime/model/layer.h"
#include "runtime/model/norm.h"
#include "src/recipe/recipe.h"

namespace nam56r::runtime {

/// M: x + mixer(pre_norm(norm(x))), the mixer being Mamba-3. Two RMSNorms in series, as the model
/// that NAM56R's parameter counts come from has them (the stack's and the mixer's own).
///
/// With u the normalised input, and per token (h hidden, d = expand h, P head_dim, H = d/P heads,
/// R mimo_rank, N state_size, G num_groups, M = floor(N rope_fraction / 2) angles):
///
///     [z d | x d | B R*G*N | C R*G*N | dd_dt H | dd_A H | trap H | angle M] = (in_proj;
///     angle_proj) u Delta = softplus(dd_dt + dt_bias)     A = min(-activation(dd_A), -a_floor)
///     lambda = sigmoid(trap)                B, C: RMS-normalised over N, times B_norm, C_norm
///     y^r = recurrence over (C, B, mimo_x^r * x, Delta, A, lambda, angle)    (mamba3_scan.h)
///     out = out_proj sum_r mimo_o^r * y^r * SiLU(mimo_z^r * z)
///
/// The angles have a matrix of their own, so that tensor parallelism can split the others by head.
///
/// mimo_rank 1 is SISO: no mimo_x, mimo_z, mimo_o, and rotation of adjacent entries.
///
/// Parameters: norm.weight, pre_norm.weight [h]; in_proj [2d + 2RGN + 3H, h]; angle_proj [M, h];
/// dt_bias, D [H]; B_bias, C_bias [H,R,N]; B_norm.weight, C_norm.weight [N]; mimo_x, mimo_z, mimo_o
/// [H,R,P]; out_proj [h,d].
///
/// Source: state-spaces/mamba, mamba_ssm/modules/mamba3.py (class Mamba3, forward); activation
/// "softplus" as at commit 31f3d7b, "heavy_tail" (1 + x for x >= 0, else 1 / (1 - x)) as since
/// 2026-07. Angle rates there are pi tanh(angle) (mamba_ssm/ops/triton/mamba3/angle_dt.py), and the
/// MIMO rotation pairs i with i + N/2 (ops/tilelang/mamba3/mamba3_mimo_fwd.py).
class Mamba3Layer : public Layer {
 public:
  /// Initial values are those of |initializer| for |global_prefix| ("slots.2") and the parameter's
  /// name. Throws std::logic_error when the recipe's sizes do not fit together.
  Mamba3Layer(const recipe::Recipe& recipe, const std::string& global_prefix,
              const Initializer& initializer);

  torch::Tensor Forward(const torch::Tensor& x, ForwardRecord& record) override;

 private:
  torch::Tensor Mixer(const torch::Tensor& u) const;

  recipe::Mamba shape_;
  std::int64_t inner_;
  std::int64_t heads_;
  std::int64_t angles_;
  std::shared_ptr<RmsNormLayer> norm_;
  std::shared_ptr<RmsNormLayer> pre_norm_;
  std::shared_ptr<RmsNormLayer> b_norm_;
  std::shared_ptr<RmsNormLayer> c_norm_;
  torch::Tensor in_proj_;
  torch::Tensor angle_proj_;
  torch::Tensor dt_bias_;
  torch::Tensor b_bias_;
  torch::Tensor c_bias_;
  torch::Tensor mimo_x_;  // undefined for SISO, as the two below
  torch::Tensor mimo_z_;
  torch::Tensor mimo_o_;
  torch::Tensor d_;
  torch::Tensor out_proj_;
};

}  // namespace nam56r::runtime
