#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/weight_shards.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kShardsAverageAlone = {
    .code = "POLICY1072",
    .title = "Weight shards with gradients that are averaged in the exchange",
    .dests = {"ddp_average_in_collective", "tensor_parallel_num_weight_shards",
              "expert_tensor_parallel_num_weight_shards"},
    .refuses = [](const Args& a,
                  const Args&) { return ShardsWeights(a) && a.On("ddp_average_in_collective"); },
    .why = "scales the gradients of sharded weights after the exchange",
    .fix = "leave {ddp_average_in_collective} out",
    .valid = "false",
    .source = kValidate,
    .releases = {.since = 19},
    .reach = Reach::kCommandLine,
    .fails = "--tensor-parallel-num-weight-shards 2 --ddp-average-in-collective",
    .passes = "--tensor-parallel-num-weight-shards 2",
};

}  // namespace nam56r::dialect::rules
