#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kGraphedInferenceInFp8 = {
    .code = "POLICY1830",
    .title = "Graph of whole inference in FP8",
    .dests = {"fp8", "inference_cuda_graph_scope", "cuda_graph_scope", "transformer_impl",
              "fp8_recipe"},
    .refuses =
        [](const Args& a, const Args&) {
          const bool whole = a.minor() >= 18
                                 ? a.Is("inference_cuda_graph_scope", "block")
                                 : GraphsAre(a, "local") && Captures(a, "full_iteration_inference");
          return whole && !a.IsNull("fp8") &&
                 !(a.Is("transformer_impl", "inference_optimized") && a.Is("fp8_recipe", "mxfp8"));
        },
    .why = "graphs whole inference in FP8 with the inference-optimized layers in mxfp8 only",
    .fix = "leave the graph of inference out",
    .valid = "not given",
    .source = kValidate,
    .releases = {.since = 17},
    .reach = Reach::kCommandLine,
    .fails =
        "--mamba-num-heads 64 --cuda-graph-impl local --cuda-graph-modules "
        "full_iteration_inference mamba --fp8-format e4m3 --fp8-recipe tensorwise",
    .passes =
        "--mamba-num-heads 64 --cuda-graph-impl local --cuda-graph-modules "
        "full_iteration_inference mamba",
};

}  // namespace nam56r::dialect::rules
