#pragma once

#include "src/dialect/rules/execution_facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kRenamedAllocatorVariable = {
    .code = "POLICY2305",
    .title = "Graphs, registered buffers and the allocator by its new name",
    .dests = {"env:PYTORCH_ALLOC_CONF", "env:NCCL_GRAPH_REGISTER", "cuda_graph_impl"},
    .refuses =
        [](const Args& a, const Args&) {
          return Graphs(a) && HasVariable(a, "PYTORCH_ALLOC_CONF", "expandable_segments:True") &&
                 !VariableIs(a, "NCCL_GRAPH_REGISTER", "0");
        },
    .why =
        "looks for expandable segments in PYTORCH_CUDA_ALLOC_CONF alone, while PyTorch reads the "
        "new name too: graphs then read memory that NCCL has registered and the allocator moved",
    .fix = "set NCCL_GRAPH_REGISTER to 0",
    .valid = "NCCL_GRAPH_REGISTER = \"0\"",
    .source = kValidate,
    .stage = Stage::kRun,
    .fails =
        "PYTORCH_ALLOC_CONF=expandable_segments:True --cuda-graph-impl transformer_engine "
        "--cuda-graph-modules attn",
    .passes =
        "PYTORCH_ALLOC_CONF=expandable_segments:True NCCL_GRAPH_REGISTER=0 --cuda-graph-impl "
        "transformer_engine --cuda-graph-modules attn",
};

}  // namespace nam56r::dialect::rules
