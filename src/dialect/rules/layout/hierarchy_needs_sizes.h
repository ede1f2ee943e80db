#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kHierarchyNeedsSizes = {
    .code = "POLICY1012",
    .title = "Two-level context parallelism without the sizes of its levels",
    .dests = {"cp_comm_type", "hierarchical_context_parallel_sizes"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.Lists("cp_comm_type", "a2a+p2p") &&
                 a.IsNull("hierarchical_context_parallel_sizes");
        },
    .why = "exchanges a2a+p2p over two levels and is not told their sizes",
    .fix = "give {hierarchical_context_parallel_sizes}",
    .valid = "p2p|a2a|allgather",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--context-parallel-size 4 --cp-comm-type a2a+p2p",
    .passes =
        "--context-parallel-size 4 --cp-comm-type a2a+p2p --hierarchical-context-parallel-"
        "sizes 2 2",
};

}  // namespace nam56r::dialect::rules
