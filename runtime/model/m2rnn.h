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

/// R: x + mixer(norm(x)), the mixer being M2RNN, a recurrence whose state is a matrix.
///
/// With u the normalised input, and per token (h hidden, K key_head_dim, V value_head_dim,
/// H = max(1, h / (K + V)) heads; q and k have one head, shared):
///
///     [q K | k K | v H*V | f H | g H*V] = input_projection u
///     (q, k, v) = SiLU(causal depthwise convolution of (q, k, v), with bias)
///     f = exp(-exp(A_log) softplus(f + dt_bias))
///     o = recurrence over (q, k, v, f, state_weight) + D * v          (m2rnn_scan.h)
///     out = output_projection g_norm(o * SiLU(g))
///
/// Parameters: norm.weight [h]; input_projection [2K + 2HV + H, h]; conv1d.weight [2K + HV, 1,
/// conv_kernel], the last column the token's own; conv1d.bias [2K + HV]; A_log, dt_bias [H];
/// state_weight [H,V,V]; D [H,V]; g_norm.weight [HV]; output_projection [h,HV].
///
/// Source: DatasunriseOU/cppmega, cppmega/megatron/m2rnn_spec.py, CppMegaM2RNNMixer.
class M2rnnLayer : public Layer {
 public:
  /// Initial values are those of |initializer| for |global_prefix| ("slots.11") and the parameter's
  /// name. Throws std::logic_error when the recipe's sizes do not fit together.
  M2rnnLayer(const recipe::Recipe& recipe, const std::string& global_prefix,
             const Initializer& initializer);

  torch::Tensor Forward(const torch::Tensor& x, ForwardRecord& record) override;

 private:
  torch::Tensor Mixer(const torch::Tensor& u) const;
  /// |x| [batch, sequence, channels].
  torch::Tensor Convolve(const torch::Tensor& x) const;

  std::int64_t keys_;
  std::int64_t values_;
  std::int64_t heads_;
  std::shared_ptr<RmsNormLayer> norm_;
  std::shared_ptr<RmsNormLayer> g_norm_;
  torch::Tensor in_proj_;
  torch::Tensor conv_weight_;
  torch::Tensor conv_bias_;
  torch::Tensor a_log_;
  torch::Tensor dt_bias_;
  torch::Tensor state_weight_;
  torch::Tensor d_;
  torch::Tensor out_proj_;
};

}  // namespace nam56r::runtime
