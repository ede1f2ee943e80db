#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOneExchangeALayer = {
    .code = "POLICY1070",
    .title = "Exchanges of context parallelism that are not one a layer",
    .dests = {"cp_comm_type", "context_parallel_size", "num_layers"},
    .refuses =
        [](const Args& a, const Args&) {
          return Cp(a) > 1 && a.Size("cp_comm_type") > 1 &&
                 static_cast<std::int64_t>(a.Size("cp_comm_type")) != a.Int("num_layers");
        },
    .why = "wants one exchange for all layers, or one for each",
    .fix = "write one value",
    .valid = "p2p|a2a|allgather",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails = "--context-parallel-size 2 --cp-comm-type p2p a2a",
    .passes = "--context-parallel-size 2 --cp-comm-type p2p",
};

}  // namespace nam56r::dialect::rules
