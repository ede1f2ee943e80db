#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/graph_names.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOneOldName = {
    .code = "POLICY1862",
    .title = "Two whole graphs under their old names",
    .dests = {"cuda_graph_modules", "cuda_graph_scope_deprecated"},
    .refuses =
        [](const Args&, const Args& raw) {
          return NamesWith(raw, "full_iteration") && NamesWith(raw, "full_iteration_inference");
        },
    .why = "takes one of the old names full_iteration and full_iteration_inference",
    .fix = "choose full_iteration for --cuda-graph-impl, or block for --inference-cuda-graph-scope",
    .valid = "none",
    .source = "cuda_graph_config.py:validate_deprecated_cuda_graph_modules_migration_inputs",
    .releases = {.since = 18},
    .reach = Reach::kCommandLine,
    .fails =
        "--no-check-for-nan-in-loss-and-grad --cuda-graph-impl local --cuda-graph-modules "
        "full_iteration full_iteration_inference",
    .passes = "--no-check-for-nan-in-loss-and-grad --cuda-graph-impl full_iteration",
};

}  // namespace nam56r::dialect::rules
