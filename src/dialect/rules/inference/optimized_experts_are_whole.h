#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOptimizedExpertsAreWhole = {
    .code = "POLICY2610",
    .title = "Inference-optimized experts that are shared over ranks",
    .dests = {"expert_tensor_parallel_size", "transformer_impl", "tensor_model_parallel_size"},
    .refuses =
        [](const Args& a, const Args&) {
          return Experts(a) && a.Is("transformer_impl", "inference_optimized") &&
                 a.Int("expert_tensor_parallel_size", 1) > 1;
        },
    .why = "has inference-optimized experts that lie whole on a rank only",
    .fix =
        "set {expert_tensor_parallel_size} to 1, or choose transformer_engine for "
        "{transformer_impl}",
    .valid = "1",
    .source = kConfig,
    .stage = Stage::kBuild,
    .releases = {.since = 17},
    .reach = Reach::kCommandLine,
    .fails =
        "--transformer-impl inference_optimized --tensor-model-parallel-size 2 --sequence-parallel",
    .passes =
        "--transformer-impl inference_optimized --tensor-model-parallel-size 2 --sequence-parallel "
        "--expert-tensor-parallel-size 1",
};

}  // namespace nam56r::dialect::rules
