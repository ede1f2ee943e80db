#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kInferenceScopeIsLocal = {
    .code = "POLICY1805",
    .title = "Scope of inference graphs without local graphs",
    .dests = {"inference_cuda_graph_scope", "cuda_graph_impl"},
    .refuses =
        [](const Args& a, const Args&) {
          const std::string scope = a.Text("inference_cuda_graph_scope");
          return GraphsAre(a, "local") ? scope == "none" : !scope.empty() && scope != "none";
        },
    .why = "graphs inference by layer or block with the local implementation, and not otherwise",
    .fix = "leave {inference_cuda_graph_scope} out",
    .valid = "not given",
    .source = kValidate,
    .releases = {.since = 18},
    .reach = Reach::kCommandLine,
    .fails = "--inference-cuda-graph-scope layer",
    .passes = "",
};

}  // namespace nam56r::dialect::rules
