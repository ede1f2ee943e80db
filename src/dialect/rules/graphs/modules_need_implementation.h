#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kModulesNeedImplementation = {
    .code = "POLICY1801",
    .title = "Modules to capture without an implementation of graphs",
    .dests = {"cuda_graph_modules", "cuda_graph_scope", "cuda_graph_impl"},
    .refuses =
        [](const Args& a, const Args& raw) {
          return !Graphs(a) &&
                 (raw.Size("cuda_graph_modules") > 0 || raw.Size("cuda_graph_scope") > 0 ||
                  raw.Size("cuda_graph_scope_deprecated") > 0);
        },
    .why = "captures nothing without an implementation, so that the list would have no effect",
    .fix = "choose a {cuda_graph_impl}, or empty the list",
    .valid = "[]",
    .source = kConfig,
    .stage = Stage::kRun,
    .blamed_of = [](const Args&, const Args& raw) -> std::string_view {
      return raw.Size("cuda_graph_modules") > 0 ? "cuda_graph_modules" : "cuda_graph_scope";
    },
    .argv_fix = "choose a {cuda_graph_impl}, or leave the modules out",
    .fails = "--cuda-graph-modules attn",
    .passes = "--cuda-graph-impl transformer_engine --cuda-graph-modules attn",
};

}  // namespace nam56r::dialect::rules
