#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kTensorParallelDividesHeads = {
    .code = "PLAN1002",
    .dests = {"num_attention_heads", "tensor_model_parallel_size"},
    .refuses = [](const Args& a,
                  const Args&) { return Tp(a) > 0 && a.Int("num_attention_heads") % Tp(a) != 0; },
    .why = "shares attention heads over the TP ranks",
    .fix = "choose a {tensor_model_parallel_size} that divides the heads",
    .valid = "multiples of TP",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
};

}  // namespace nam56r::dialect::rules
