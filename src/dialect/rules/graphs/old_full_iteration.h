#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/graph_names.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOldFullIteration = {
    .code = "POLICY1863",
    .title = "Graph of the whole step under its old name beside another",
    .dests = {"cuda_graph_modules", "cuda_graph_impl", "inference_cuda_graph_scope"},
    .refuses =
        [](const Args&, const Args& raw) {
          return NamesWith(raw, "full_iteration") && !NamesWith(raw, "full_iteration_inference") &&
                 (NamedImplementation(raw) == "transformer_engine" ||
                  !(raw.IsNull("inference_cuda_graph_scope") ||
                    raw.Is("inference_cuda_graph_scope", "none")));
        },
    .why =
        "takes the old name full_iteration with the local implementation, and not beside graphs of "
        "inference",
    .fix = "choose full_iteration for --cuda-graph-impl",
    .valid = "none",
    .source = "cuda_graph_config.py:validate_deprecated_cuda_graph_modules_migration_inputs",
    .releases = {.since = 18},
    .reach = Reach::kCommandLine,
    .fails =
        "--no-check-for-nan-in-loss-and-grad --cuda-graph-impl transformer_engine "
        "--cuda-graph-modules full_iteration",
    .passes = "--no-check-for-nan-in-loss-and-grad --cuda-graph-impl full_iteration",
};

}  // namespace nam56r::dialect::rules
