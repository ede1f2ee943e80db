#pragma once

#include <torch/torch.h>

#include <cstdint>

namespace nam56r::runtime {

/// Tokens between two stored states.
inline constexpr std::int64_t kCheckpointInterval = 64;

/// The M2RNN recurrence. B batch, S sequence, H heads, K and V the sides of a head's state:
///
///     C_t = tanh(h_{t-1} W + k_t v_t')      h_t = f_t h_{t-1} + (1 - f_t) C_t,  h_0 = 0  [K,V]
///     o_t = h_t' q_t                                                                    [V]
///
/// |query|, |key| [B,S,K], shared by the heads; |value| [B,S,H,V]; |forget| [B,S,H] in (0,1);
/// |state_weight| [H,V,V]. Answers o [B,S,H,V], differentiable in all five. Float or double, on the
/// CPU; a batch entry's head runs on one thread, serially over the sequence.
///
/// Memory: forward keeps the inputs and every kCheckpointInterval-th state,
/// sizeof(T) B H ceil(S / kCheckpointInterval) K V bytes; backward recomputes one interval at a
/// time, sizeof(T) (2 kCheckpointInterval + 1) K V bytes a thread, and holds each head's share of
/// the gradients of query and key, sizeof(T) 2 B S H K bytes, before it sums them.
///
/// Source: DatasunriseOU/cppmega, cppmega/megatron/m2rnn_spec.py, _torch_m2rnn_forward.
torch::Tensor M2rnnScan(const torch::Tensor& query, const torch::Tensor& key,
                        const torch::Tensor& value, const torch::Tensor& forget,
                        const torch::Tensor& state_weight);

}  // namespace nam56r::runtime
