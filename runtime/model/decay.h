#pragma once

#include <torch/torch.h>

#include <string_view>

namespace nam56r::runtime {

/// Whether the optimizer decays this parameter: matrices (embeddings, projections, MIMO and state
/// matrices, convolution kernels) do; norms, biases, and what sets a decay, a step size or a skip
/// (A_log, dt_bias, D) do not, whatever their shape, nor does anything with fewer than two
/// dimensions. |name| is the global name, "slots.2.in_proj.weight"; its last component, or the one
/// before "weight", decides.
bool TakesWeightDecay(std::string_view name, const torch::Tensor& tensor);

}  // namespace nam56r::runtime
