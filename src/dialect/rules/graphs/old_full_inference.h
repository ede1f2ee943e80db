#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/graph_names.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOldFullInference = {
    .code = "POLICY1864",
    .title = "Graph of whole inference under its old name beside another",
    .dests = {"cuda_graph_modules", "cuda_graph_impl", "inference_cuda_graph_scope"},
    .refuses =
        [](const Args&, const Args& raw) {
          return NamesWith(raw, "full_iteration_inference") && !NamesWith(raw, "full_iteration") &&
                 ((NamedImplementation(raw) != "none" && NamedImplementation(raw) != "local") ||
                  !(raw.IsNull("inference_cuda_graph_scope") ||
                    raw.Is("inference_cuda_graph_scope", "block")));
        },
    .why = "takes the old name full_iteration_inference with the local implementation only",
    .fix = "choose block for --inference-cuda-graph-scope",
    .valid = "none",
    .source = "cuda_graph_config.py:validate_deprecated_cuda_graph_modules_migration_inputs",
    .releases = {.since = 18},
    .reach = Reach::kCommandLine,
    .fails = "--cuda-graph-impl transformer_engine --cuda-graph-modules full_iteration_inference",
    .passes = "--cuda-graph-impl transformer_engine --cuda-graph-modules mamba",
};

}  // namespace nam56r::dialect::rules
