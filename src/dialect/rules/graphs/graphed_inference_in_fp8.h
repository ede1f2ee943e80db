#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kGraphedInferenceInFp8 = {
    .code = "POLICY1865",
    .title = "Graph of whole inference in FP8",
    .dests = {"fp8", "inference_cuda_graph_scope", "cuda_graph_scope", "transformer_impl",
              "fp8_recipe"},
    .refuses =
        [](const Args& a, const Args&) {
          const bool whole = a.minor() >= 18 ? a.Is("inference_cuda_graph_scope", "block")
                             : a.minor() == 17
                                 ? GraphsAre(a, "local") && Captures(a, "full_iteration_inference")
                                 : GraphsAre(a, "local") && Captures(a, "full_iteration") &&
                                       a.On("inference_dynamic_batching");
          const bool fits = a.minor() >= 17 && a.Is("transformer_impl", "inference_optimized") &&
                            a.Is("fp8_recipe", "mxfp8");
          return whole && !a.IsNull("fp8") && !fits;
        },
    .why =
        "graphs whole inference in FP8 with the inference-optimized layers in mxfp8 only, and not "
        "at all in 0.16",
    .fix = "leave the graph of inference out",
    .valid = "not given",
    .source = kValidate,
    .releases = {.since = 17},
    .reach = Reach::kCommandLine,
    .fails =
        "--cuda-graph-impl local --cuda-graph-scope full_iteration_inference --fp8-format e4m3",
    .passes = "--cuda-graph-impl local --cuda-graph-scope full_iteration_inference",
};

}  // namespace nam56r::dialect::rules
