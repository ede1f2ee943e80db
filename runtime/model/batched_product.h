#pragma once

#include <torch/torch.h>

namespace nam56r::runtime {

/// For every leading index, op(a) op(b), where op transposes the last two dimensions if asked.
/// |a| and |b| have the same leading dimensions. Differentiable once. Float or double.
///
/// What torch::matmul computes; on the CPU, LibTorch without MKL pays some microseconds an entry
/// for it, several times what a product of 32 x 32 matrices takes, so the CPU has its own kernel.
torch::Tensor BatchedProduct(const torch::Tensor& a, const torch::Tensor& b,
                             bool transpose_a = false, bool transpose_b = false);

}  // namespace nam56r::runtime
