#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kTensorParallelDividesHeads = {
    .code = "PLAN1002",
    .title = "Attention heads that TP does not divide",
    .dests = {"num_attention_heads", "tensor_model_parallel_size"},
    .refuses = [](const Args& a,
                  const Args&) { return Tp(a) > 0 && a.Int("num_attention_heads") % Tp(a) != 0; },
    .why = "shares attention heads over the TP ranks",
    .fix =
        "choose a multiple of {tensor_model_parallel_size} for {num_attention_heads}, or another "
        "{tensor_model_parallel_size}",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args& a) -> Values { return DivisorsOf(a.Int("hidden_size"), Tp(a)); },
    .fails = "--tensor-model-parallel-size 8 --sequence-parallel",
    .passes = "--tensor-model-parallel-size 4 --sequence-parallel",
};

}  // namespace nam56r::dialect::rules
