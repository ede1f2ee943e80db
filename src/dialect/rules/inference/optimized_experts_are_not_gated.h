#pragma once

#include "src/dialect/rules/activation.h"
#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOptimizedExpertsAreNotGated = {
    .code = "POLICY2614",
    .title = "Inference-optimized experts that are gated",
    .dests = {"swiglu", "quick_geglu", "transformer_impl"},
    .refuses =
        [](const Args& a, const Args&) {
          return Experts(a) && a.Is("transformer_impl", "inference_optimized") && Gated(a) &&
                 (a.minor() >= 18 || GraphsAre(a, "local"));
        },
    .why = "has no gates in inference-optimized experts, in 0.17 none inside local graphs",
    .fix = "choose transformer_engine for {transformer_impl}, or --squared-relu",
    .valid = "false",
    .source = kConfig,
    .stage = Stage::kBuild,
    .releases = {.since = 17},
    .reach = Reach::kCommandLine,
    .fails =
        "--transformer-impl inference_optimized --swiglu --cuda-graph-impl local "
        "--cuda-graph-modules mamba",
    .passes = "--transformer-impl inference_optimized --squared-relu",
};

}  // namespace nam56r::dialect::rules
