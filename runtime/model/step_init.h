#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <string_view>

#include "runtime/model/init.h"

namespace nam56r::runtime {

/// Biases b, [count], with softplus(b) log-uniform in [0.001, 0.1]: initial step sizes of a
/// state-space layer (state-spaces/mamba, mamba_ssm/modules/mamba3.py, dt_bias).
torch::Tensor InitialStepBias(const Initializer& initializer, std::string_view name,
                              std::int64_t count);

}  // namespace nam56r::runtime
