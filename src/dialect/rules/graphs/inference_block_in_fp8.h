#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kInferenceBlockInFp8 = {
    .code = "POLICY1830",
    .title = "FP8 in inference graphs of blocks",
    .dests = {"inference_cuda_graph_scope", "fp8", "fp8_recipe", "transformer_impl"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.Is("inference_cuda_graph_scope", "block") && a.On("fp8") &&
                 (!a.Is("transformer_impl", "inference_optimized") || !a.Is("fp8_recipe", "mxfp8"));
        },
    .why = "graphs inference by blocks in FP8 with its inference-optimized layers and mxfp8 only",
    .fix = "choose layer for {inference_cuda_graph_scope}",
    .valid = "layer|none",
    .source = kValidate,
    .releases = {.since = 18},
    .reach = Reach::kCommandLine,
    .fails =
        "--mamba-num-heads 64 --fp8-format hybrid --fp8-recipe tensorwise --cuda-graph-impl local "
        "--cuda-graph-modules mamba --inference-cuda-graph-scope block",
    .passes = "--mamba-num-heads 64 --fp8-format hybrid --fp8-recipe tensorwise",
};

}  // namespace nam56r::dialect::rules
