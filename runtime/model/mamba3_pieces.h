#pragma once

#include <torch/torch.h>

#include <cstdint>

#include "runtime/model/mamba3_scan.h"

/// Two steps of Mamba3Scan whose broadcasts are too narrow for LibTorch's element-wise loops (a few
/// to some dozens of entries at a time); each is one pass over memory here, forward and backward.
/// Float or double, on the CPU, differentiable once.
namespace nam56r::runtime {

/// Keys or queries of every head, chunk by chunk: |grouped| [B,S,R,G,N] plus |bias| [H,R,N], turned
/// by |theta| [B,S,H,M]. Answers [B,chunks,H,chunk,R,N], zeros behind the sequence's end.
torch::Tensor RotateHeads(const torch::Tensor& grouped, const torch::Tensor& bias,
                          const torch::Tensor& theta, std::int64_t chunk, RotaryPairing pairing);

/// |scores| [...,c*R,c*R] with each R x R block times its entry of |weights| [...,c,c].
torch::Tensor ScaleBlocks(const torch::Tensor& scores, const torch::Tensor& weights);

}  // namespace nam56r::runtime
