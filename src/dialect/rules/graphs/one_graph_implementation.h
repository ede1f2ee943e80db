#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOneGraphImplementation = {
    .code = "POLICY1817",
    .title = "Implementation of graphs that is told twice",
    .dests = {"enable_cuda_graph", "external_cuda_graph", "cuda_graph_impl"},
    .refuses =
        [](const Args&, const Args& raw) {
          const bool old = raw.On("enable_cuda_graph") || raw.On("external_cuda_graph");
          return (old && !GraphsAre(raw, "none")) ||
                 (raw.On("enable_cuda_graph") && raw.On("external_cuda_graph"));
        },
    .why = "is told the implementation in one way only",
    .fix = "keep --cuda-graph-impl",
    .valid = "false",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--enable-cuda-graph --cuda-graph-impl transformer_engine --cuda-graph-modules attn",
    .passes = "--cuda-graph-impl transformer_engine --cuda-graph-modules attn",
};

}  // namespace nam56r::dialect::rules
