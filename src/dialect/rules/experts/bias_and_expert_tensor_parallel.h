#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kBiasAndExpertTensorParallel = {
    .code = "POLICY1421",
    .title = "Experts with biases over several ranks",
    .dests = {"expert_tensor_parallel_size", "add_bias_linear", "num_experts"},
    .refuses =
        [](const Args& a, const Args&) {
          return !a.IsNull("num_experts") && a.On("add_bias_linear") &&
                 a.Int("expert_tensor_parallel_size", 1) != 1;
        },
    .why = "shares no expert with biases over ranks",
    .fix = "set {expert_tensor_parallel_size} to 1, or give --disable-bias-linear",
    .valid = "1",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails = "gpt !--disable-bias-linear",
    .passes = "gpt !--disable-bias-linear --expert-tensor-parallel-size 1",
};

}  // namespace nam56r::dialect::rules
