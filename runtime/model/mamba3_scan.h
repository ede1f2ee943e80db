#pragma once

#include <torch/torch.h>

#include <cstdint>

namespace nam56r::runtime {

/// Which entries of a state vector of size N turn together, by one angle.
enum class RotaryPairing {
  kAdjacent,  ///< 2i with 2i + 1: one input, one output (SISO)
  kHalves,    ///< i with i + N/2: several inputs and outputs (MIMO)
};

/// What the state-space recurrence of one Mamba-3 layer runs on. B batch, S sequence, H heads, G
/// groups (head h belongs to group h / (H/G)), R rank, N state, P head dimension, M angles <= N/2.
struct Mamba3ScanInputs {
  torch::Tensor query;       ///< [B,S,R,G,N]: C, normalised, without its bias
  torch::Tensor key;         ///< [B,S,R,G,N]: B, normalised, without its bias
  torch::Tensor query_bias;  ///< [H,R,N]
  torch::Tensor key_bias;    ///< [H,R,N]
  torch::Tensor value;       ///< [B,S,H,P]
  /// [H,R,P]: value of input r is value * value_rank[:,r]; undefined: R = 1, ones.
  torch::Tensor value_rank;
  torch::Tensor step;        ///< [B,S,H]: Delta > 0
  torch::Tensor log_decay;   ///< [B,S,H]: Delta * A <= 0
  torch::Tensor trapezoid;   ///< [B,S,H]: lambda in (0,1)
  torch::Tensor angle_rate;  ///< [B,S,M]: before tanh; one for all heads
  torch::Tensor skip;        ///< [H]: D
};

/// y [B,S,H,R,P], differentiable in every input:
///
///     theta_t = sum_{u<=t} pi tanh(angle_rate_u) Delta_u
///     k_t = Rot(theta_t)(key_t + key_bias)      q_t = Rot(theta_t)(query_t + query_bias)
///     S_t = a_t S_{t-1} + a_t Delta_t (1 - lambda_t) sum_r k_{t-1}^r v_{t-1}^r'
///                       + Delta_t lambda_t sum_r k_t^r v_t^r'
///         with a_t = exp(log_decay_t) and S_0 = 0
///     y_t^r = S_t' q_t^r + D v_t^r
///
/// computed |chunk_size| tokens at a time. A token's key enters the states after it with the weight
/// Delta_t lambda_t + Delta_{t+1} (1 - lambda_{t+1}) and its own output with Delta_t lambda_t, so a
/// chunk is one masked product among its own tokens plus one with the state before it; only the
/// [N,P] states pass from chunk to chunk, in order. The sequence need not be a multiple of the
/// chunk. Works in the inputs' type, float or double.
///
/// Source: state-spaces/mamba, main of 2026-07. Recurrence: tests/ops/tilelang/test_mamba3_mimo.py
/// lines 326-483 (mamba3_MIMO_step_ref). Angle rates are pi tanh(angle), not the projection itself:
/// mamba_ssm/ops/triton/mamba3/angle_dt.py line 94. Own and later weights: mamba_ssm/ops/tilelang/
/// mamba3/mamba3_mimo_fwd.py line 318. Pairing: the same file, line 271, and mamba_ssm/modules/
/// mamba3.py line 363.
torch::Tensor Mamba3Scan(const Mamba3ScanInputs& inputs, RotaryPairing pairing,
                         std::int64_t chunk_size);

}  // namespace nam56r::runtime
