#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/weight_shards.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kExpertWeightShardsHoldRanks = {
    .code = "POLICY1061",
    .title = "Expert weight shards that ETP does not divide",
    .dests = {"expert_tensor_parallel_num_weight_shards", "expert_tensor_parallel_size"},
    .refuses =
        [](const Args& a, const Args& raw) {
          const std::int64_t ranks = a.Int("expert_tensor_parallel_size", 1);
          const std::int64_t shards = raw.Int("expert_tensor_parallel_num_weight_shards", ranks);
          return ranks == 0 || shards < ranks || shards % ranks != 0;
        },
    .why = "cuts the expert weights of each ETP rank into whole shards",
    .fix = "choose a multiple of {expert_tensor_parallel_size}, or leave it out",
    .valid = "multiples of ETP",
    .source = kShardsSource,
    .releases = {.since = 19},
    .reach = Reach::kCommandLine,
    .fails =
        "--tensor-model-parallel-size 2 --sequence-parallel "
        "--expert-tensor-parallel-num-weight-shards 1",
    .passes = "--tensor-model-parallel-size 2 --sequence-parallel",
};

}  // namespace nam56r::dialect::rules
