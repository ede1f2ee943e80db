#pragma once

#include <array>
#include <string_view>

/// Packages that a run may need besides PyTorch, by the names Python imports them by.
namespace nam56r::dialect {

inline constexpr std::array<std::string_view, 17> kPackages = {
    "apex",
    "causal_conv1d",
    "deep_ep",
    "einops",
    "emerging_optimizers",
    "fast_hadamard_transform",
    "fla",
    "flashinfer",
    "fused_weight_gradient_mlp_cuda",
    "hybrid_ep",
    "mamba_ssm",
    "multistorageclient",
    "nvidia_resiliency_ext",
    "tilelang",
    "torch_memory_saver",
    "transformer_engine",
    "triton",
};

}  // namespace nam56r::dialect
