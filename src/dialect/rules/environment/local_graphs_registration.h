#pragma once

#include "src/dialect/rules/execution_facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kLocalGraphsRegistration = {
    .code = "POLICY2306",
    .title = "Local graphs, expandable segments and registered NCCL buffers",
    .dests = {"env:NCCL_GRAPH_REGISTER", "env:PYTORCH_CUDA_ALLOC_CONF", "cuda_graph_impl"},
    .refuses =
        [](const Args& a, const Args&) {
          return Graphs(a) && !GraphsAre(a, "transformer_engine") &&
                 HasVariable(a, "PYTORCH_CUDA_ALLOC_CONF", "expandable_segments:True") &&
                 !VariableIs(a, "NCCL_GRAPH_REGISTER", "0");
        },
    .why =
        "asks for NCCL_GRAPH_REGISTER=0 with expandable segments for graphs of Transformer Engine "
        "only; others read moved memory as well",
    .fix = "set NCCL_GRAPH_REGISTER to 0",
    .valid = "NCCL_GRAPH_REGISTER = \"0\"",
    .source = kValidate,
    .stage = Stage::kRun,
    .severity = base::Severity::kWarning,
    .fails =
        "PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True --cuda-graph-impl local "
        "--cuda-graph-modules mamba",
    .passes =
        "PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True NCCL_GRAPH_REGISTER=0 --cuda-graph-impl "
        "local --cuda-graph-modules mamba",
};

}  // namespace nam56r::dialect::rules
