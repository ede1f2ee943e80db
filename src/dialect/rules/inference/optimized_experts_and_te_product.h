#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOptimizedExpertsAndTeProduct = {
    .code = "POLICY2615",
    .title = "Local graphs of Transformer Engine's grouped product",
    .dests = {"inference_grouped_gemm_backend", "cuda_graph_impl", "transformer_impl"},
    .refuses =
        [](const Args& a, const Args&) {
          return Experts(a) && a.Is("transformer_impl", "inference_optimized") &&
                 GraphsAre(a, "local") && a.Is("inference_grouped_gemm_backend", "te");
        },
    .why = "captures no grouped matrix product of Transformer Engine in local graphs",
    .fix = "choose auto or torch for {inference_grouped_gemm_backend}",
    .valid = "auto|torch",
    .source = kConfig,
    .stage = Stage::kBuild,
    .releases = {.since = 17, .until = 17},
    .reach = Reach::kCommandLine,
    .fails =
        "--transformer-impl inference_optimized --cuda-graph-impl local --cuda-graph-modules mamba "
        "--inference-grouped-gemm-backend te",
    .passes =
        "--transformer-impl inference_optimized --cuda-graph-impl local --cuda-graph-modules mamba",
};

}  // namespace nam56r::dialect::rules
