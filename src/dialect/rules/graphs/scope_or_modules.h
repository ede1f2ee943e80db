#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kScopeOrModules = {
    .code = "POLICY1860",
    .title = "Modules of graphs told under both of their names",
    .dests = {"cuda_graph_scope_deprecated", "cuda_graph_modules"},
    .refuses =
        [](const Args&, const Args& raw) {
          return !raw.IsNull("cuda_graph_scope_deprecated") && raw.On("cuda_graph_modules");
        },
    .why = "takes the modules under one of their names",
    .fix = "leave --cuda-graph-scope, the old name, out",
    .valid = "not given",
    .source = kValidate,
    .releases = {.since = 18},
    .reach = Reach::kCommandLine,
    .fails =
        "--cuda-graph-impl transformer_engine --cuda-graph-modules mamba --cuda-graph-scope mamba",
    .passes = "--cuda-graph-impl transformer_engine --cuda-graph-modules mamba",
};

}  // namespace nam56r::dialect::rules
