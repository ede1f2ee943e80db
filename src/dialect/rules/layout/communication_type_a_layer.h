#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kCommunicationTypeALayer = {
    .code = "POLICY1026",
    .title = "Types of context-parallel communication for some of the layers",
    .dests = {"cp_comm_type", "num_layers"},
    .refuses =
        [](const Args& a, const Args&) {
          const auto types = static_cast<std::int64_t>(a.Size("cp_comm_type"));
          return Cp(a) > 1 && types > 1 && types != a.Int("num_layers");
        },
    .why = "wants one type of communication for all layers, or one for each",
    .fix = "give one value to {cp_comm_type}",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args& a) -> Values {
      return {"1 value", std::to_string(a.Int("num_layers")) + " values"};
    },
    .fails = "--context-parallel-size 2 --cp-comm-type p2p allgather",
    .passes = "--context-parallel-size 2 --cp-comm-type p2p",
};

}  // namespace nam56r::dialect::rules
