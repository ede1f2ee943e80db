#pragma once

#include <memory>
#include <string>

#include "runtime/model/init.h"
#include "runtime/model/layer.h"
#include "runtime/model/norm.h"
#include "runtime/model/rotary.h"
#include "src/recipe/recipe.h"

namespace nam56r::runtime {

/// A: causal multi-head latent attention (DeepSeek-V2, arXiv:2405.04434, section 2.1), without
/// LayerNorm on the latents.
///
///     q        = q_up (q_down x)                 per head [qk_head_dim | rotary]
///     c, k_pos = kv_down x                       the rotary key is shared by all heads
///     k, v     = kv_up c                         per head [qk_head_dim | v_head_dim]
///     y        = out softmax(q k^T / sqrt(qk_head_dim + rotary)) v
///
/// Parameters: norm.weight [h], q_down [q_rank, h], q_up [heads * (qk + rotary), q_rank],
/// kv_down [kv_rank + rotary, h], kv_up [heads * (qk + v), kv_rank], out [h, heads * v].
class MlaLayer final : public Layer {
 public:
  MlaLayer(const recipe::Recipe& recipe, const std::string& global_prefix,
           const Initializer& initializer);
  torch::Tensor Forward(const torch::Tensor& x, ForwardRecord& record) override;

 private:
  torch::Tensor CausalMask(std::int64_t sequence, const torch::Tensor& like);

  recipe::Mla shape_;
  std::int64_t heads_;
  std::shared_ptr<RmsNormLayer> norm_;
  torch::Tensor q_down_, q_up_, kv_down_, kv_up_, out_;
  Rotary rotary_;
  torch::Tensor mask_;  ///< [1, sequence, sequence] of the last length and type seen
};

}  // namespace nam56r::runtime
