#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/graph_names.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kWholeLayersAlone = {
    .code = "POLICY1861",
    .title = "Whole layers beside parts of them",
    .dests = {"cuda_graph_modules", "cuda_graph_scope", "cuda_graph_scope_deprecated"},
    .refuses = [](const Args&,
                  const Args& raw) { return NamesWith(raw, "full") && NamedModules(raw) > 1; },
    .why = "captures whole layers under the name full, or parts of them",
    .fix = "write nothing for whole layers",
    .valid = "none",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--cuda-graph-impl transformer_engine --cuda-graph-modules full attn",
    .passes = "--cuda-graph-impl transformer_engine --cuda-graph-modules mamba",
};

}  // namespace nam56r::dialect::rules
