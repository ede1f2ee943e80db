#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kDynamicInferenceInFp8 = {
    .code = "POLICY1876",
    .title = "Graph of the whole step of dynamic inference in FP8",
    .dests = {"fp8", "cuda_graph_scope", "inference_dynamic_batching"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("inference_dynamic_batching") && GraphsAre(a, "local") &&
                 Captures(a, "full_iteration") && !a.IsNull("fp8");
        },
    .why = "graphs no whole step of dynamic inference in FP8",
    .fix = "leave {inference_dynamic_batching} out",
    .valid = "not given",
    .source = kValidate,
    .releases = {.until = 16},
    .reach = Reach::kCommandLine,
    .fails =
        "--mamba-num-heads 64 --inference-dynamic-batching --cuda-graph-impl local "
        "--cuda-graph-modules full_iteration --fp8-format e4m3 --fp8-recipe tensorwise",
    .passes =
        "--mamba-num-heads 64 --inference-dynamic-batching --cuda-graph-impl local "
        "--cuda-graph-modules full_iteration",
};

}  // namespace nam56r::dialect::rules
