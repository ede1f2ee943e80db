#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kExpandableSegmentsRegistration = {
    .code = "POLICY1806",
    .title = "Graphs, expandable segments and registered NCCL buffers",
    .dests = {"cuda_graph_impl", "env:NCCL_GRAPH_REGISTER"},
    .refuses =
        [](const Args& a, const Args&) {
          const Surroundings& s = a.surroundings();
          return GraphsAre(a, "transformer_engine") &&
                 s.Variable("PYTORCH_CUDA_ALLOC_CONF").find("expandable_segments:True") !=
                     std::string::npos &&
                 s.Variable("NCCL_GRAPH_REGISTER") != "0";
        },
    .why = "captures with expandable segments only under NCCL_GRAPH_REGISTER=0",
    .fix = "write NCCL_GRAPH_REGISTER = \"0\" in [environment]",
    .valid = "NCCL_GRAPH_REGISTER = \"0\"",
    .source = kValidate,
    .argv_fix = "set NCCL_GRAPH_REGISTER to 0",
    .fails =
        "--cuda-graph-impl transformer_engine --cuda-graph-modules attn "
        "PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True",
    .passes =
        "--cuda-graph-impl transformer_engine --cuda-graph-modules attn "
        "PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True NCCL_GRAPH_REGISTER=0",
};

}  // namespace nam56r::dialect::rules
