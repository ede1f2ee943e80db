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
///     q        = q_up_proj (q_down_proj x)    per head [qk_head_dim | rotary]
///     c, k_pos = kv_down_proj x               the rotary key is shared by all heads
///     k, v     = kv_up_proj c                 per head [qk_head_dim | v_head_dim]
///     y        = out_proj softmax(q k^T / sqrt(qk_head_dim + rotary)) v
///
/// Parameters, n heads: norm.weight [h], q_down_proj [q_rank, h], q_up_proj [n (qk + rotary),
/// q_rank], kv_down_proj [kv_rank + rotary, h], kv_up_proj [n (qk + v), kv_rank], out_proj [h, n
/// v].
class MlaLayer final : public Layer {
 public:
  MlaLayer(const recipe::Recipe& recipe, const std::string& global_prefix,
           const Initializer& initializer);
  torch::Tensor Forward(const torch::Tensor& x, ForwardRecord& record) override;

 private:
  recipe::Mla shape_;
  std::int64_t heads_;
  std::shared_ptr<RmsNormLayer> norm_;
  torch::Tensor q_down_proj_, q_up_proj_, kv_down_proj_, kv_up_proj_, out_proj_;
  Rotary rotary_;
};

}  // namespace nam56r::runtime
