#pragma once

#include <torch/torch.h>

namespace nam56r::runtime {

/// softmax(scale * q k^T, masked to s <= t) v, differentiable once. |q| and |k| are [n, sequence,
/// d], |v| is [n, sequence, d_v], n counting the heads of all sequences; the answer is [n,
/// sequence, d_v].
///
/// Works on blocks of queries against the keys up to the block's end: above the diagonal there is
/// nothing to compute, which is nearly half of the square.
torch::Tensor CausalAttention(const torch::Tensor& q, const torch::Tensor& k,
                              const torch::Tensor& v, double scale);

}  // namespace nam56r::runtime
