#include "runtime/model/mla.h"

#include <cmath>

#include "runtime/model/causal_attention.h"
#include "runtime/model/output_std.h"

namespace nam56r::runtime {

MlaLayer::MlaLayer(const recipe::Recipe& recipe, const std::string& global_prefix,
                   const Initializer& initializer)
    : shape_(recipe.mla),
      heads_(recipe.model.num_attention_heads),
      rotary_(recipe.mla.qk_pos_emb_head_dim, recipe.mla.rotary_base) {
  const std::int64_t h = recipe.model.hidden_size;
  const auto matrix = [&](const char* name, std::int64_t rows, std::int64_t columns, double std) {
    return register_parameter(name,
                              initializer.Normal(global_prefix + "." + name, {rows, columns}, std));
  };
  const double std = recipe.model.init_std;
  norm_ = register_module("norm", std::make_shared<RmsNormLayer>(h, recipe.model.norm_epsilon));
  q_down_proj_ = matrix("q_down_proj", shape_.q_lora_rank, h, std);
  q_up_proj_ = matrix("q_up_proj", heads_ * (shape_.qk_head_dim + shape_.qk_pos_emb_head_dim),
                      shape_.q_lora_rank, std);
  kv_down_proj_ = matrix("kv_down_proj", shape_.kv_lora_rank + shape_.qk_pos_emb_head_dim, h, std);
  kv_up_proj_ = matrix("kv_up_proj", heads_ * (shape_.qk_head_dim + shape_.v_head_dim),
                       shape_.kv_lora_rank, std);
  out_proj_ = matrix("out_proj", h, heads_ * shape_.v_head_dim, OutputProjectionStd(recipe));
}

torch::Tensor MlaLayer::Forward(const torch::Tensor& x, ForwardRecord&) {
  const std::int64_t batch = x.size(0);
  const std::int64_t sequence = x.size(1);
  const std::int64_t qk = shape_.qk_head_dim;
  const std::int64_t rotary = shape_.qk_pos_emb_head_dim;
  const torch::Tensor normed = norm_->Forward(x);

  const torch::Tensor q = torch::linear(torch::linear(normed, q_down_proj_), q_up_proj_)
                              .view({batch, sequence, heads_, qk + rotary});
  const auto latent =
      torch::linear(normed, kv_down_proj_).split_with_sizes({shape_.kv_lora_rank, rotary}, -1);
  const torch::Tensor kv =
      torch::linear(latent[0], kv_up_proj_).view({batch, sequence, heads_, qk + shape_.v_head_dim});
  const auto q_parts = q.split_with_sizes({qk, rotary}, -1);
  const auto kv_parts = kv.split_with_sizes({qk, shape_.v_head_dim}, -1);
  const torch::Tensor k_rotated = rotary_.Apply(latent[1].unsqueeze(2));

  // [batch * heads, sequence, dim] each: every head of every sequence is one attention.
  const auto by_head = [&](const torch::Tensor& t) {
    return t.reshape({batch * heads_, sequence, t.size(3)});
  };
  const torch::Tensor queries = by_head(
      torch::cat({q_parts[0].transpose(1, 2), rotary_.Apply(q_parts[1]).transpose(1, 2)}, -1));
  const torch::Tensor keys = by_head(torch::cat(
      {kv_parts[0].transpose(1, 2), k_rotated.transpose(1, 2).expand({-1, heads_, -1, -1})}, -1));
  const torch::Tensor values = by_head(kv_parts[1].transpose(1, 2));

  const double scale = 1.0 / std::sqrt(static_cast<double>(qk + rotary));
  const torch::Tensor mixed = CausalAttention(queries, keys, values, scale)
                                  .view({batch, heads_, sequence, shape_.v_head_dim})
                                  .transpose(1, 2)
                                  .reshape({batch, sequence, heads_ * shape_.v_head_dim});
  return x + torch::linear(mixed, out_proj_);
}

}  // namespace nam56r::runtime
