#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kFullIterationHasNoModules = {
    .code = "POLICY1803",
    .title = "Graph of the whole step that names modules",
    .dests = {"cuda_graph_modules", "cuda_graph_impl"},
    .refuses = [](const Args& a,
                  const Args&) { return FullIteration(a) && CapturedModules(a) > 0; },
    .why = "captures the whole step and no modules of it",
    .fix = "empty {cuda_graph_modules}",
    .valid = "[]",
    .source = kValidate,
    .releases = {.since = 18},
    .fails =
        "--cuda-graph-impl full_iteration --no-check-for-nan-in-loss-and-grad --cuda-graph-modules "
        "attn",
    .passes = "--cuda-graph-impl full_iteration --no-check-for-nan-in-loss-and-grad",
};

}  // namespace nam56r::dialect::rules
