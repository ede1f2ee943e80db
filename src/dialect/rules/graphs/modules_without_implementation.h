#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kModulesWithoutImplementation = {
    .code = "POLICY1823",
    .title = "Modules to capture that nothing captures",
    .dests = {"cuda_graph_modules", "cuda_graph_scope", "cuda_graph_impl"},
    .refuses =
        [](const Args& a, const Args& raw) {
          return !Graphs(a) &&
                 (raw.Size("cuda_graph_modules") > 0 || raw.Size("cuda_graph_scope") > 0 ||
                  raw.Size("cuda_graph_scope_deprecated") > 0);
        },
    .why = "captures nothing without --cuda-graph-impl, so that the list has no effect",
    .fix = "give {cuda_graph_impl}, or leave the list out",
    .valid = "not given",
    .source =
        "docs/fp8_optimization_session: runs that were measured without the graphs they asked for",
    .stage = Stage::kRun,
    .reach = Reach::kCommandLine,
    .fails = "--cuda-graph-modules attn",
    .passes = "--cuda-graph-impl transformer_engine --cuda-graph-modules attn",
};

}  // namespace nam56r::dialect::rules
