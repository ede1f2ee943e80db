#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kLocalGraphsPadExperts = {
    .code = "POLICY1807",
    .title = "Local graphs with EP that do not pad the experts",
    .dests = {"cuda_graph_impl", "expert_model_parallel_size"},
    .refuses =
        [](const Args& a, const Args&) {
          return GraphsAre(a, "local") && a.Int("expert_model_parallel_size", 1) > 1 &&
                 !a.On("moe_pad_experts_for_cuda_graph_inference") &&
                 !(a.minor() >= 17 && a.Is("transformer_impl", "inference_optimized"));
        },
    .why =
        "wants --moe-pad-experts-for-cuda-graph-inference for local graphs with EP, training "
        "or not",
    .fix =
        "choose transformer_engine for {cuda_graph_impl}, or set "
        "{expert_model_parallel_size} to 1",
    .valid = "\"none\"|\"transformer_engine\"",
    .source = kValidate,
    .releases = {.until = 17},
    .fails = "--cuda-graph-impl local --cuda-graph-modules attn --expert-model-parallel-size 8",
    .passes =
        "--cuda-graph-impl transformer_engine --cuda-graph-modules attn "
        "--expert-model-parallel-size 8",
};

}  // namespace nam56r::dialect::rules
