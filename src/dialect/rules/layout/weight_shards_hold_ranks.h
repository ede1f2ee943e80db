#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/weight_shards.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kWeightShardsHoldRanks = {
    .code = "POLICY1060",
    .title = "Weight shards that TP does not divide",
    .dests = {"tensor_parallel_num_weight_shards", "tensor_model_parallel_size"},
    .refuses =
        [](const Args& a, const Args& raw) {
          const std::int64_t shards = raw.Int("tensor_parallel_num_weight_shards");
          return !raw.IsNull("tensor_parallel_num_weight_shards") && Tp(a) != 0 &&
                 (shards < Tp(a) || shards % Tp(a) != 0);
        },
    .why = "cuts the weights of each TP rank into whole shards",
    .fix = "choose a multiple of {tensor_model_parallel_size}",
    .valid = "multiples of TP",
    .source = kShardsSource,
    .releases = {.since = 19},
    .reach = Reach::kCommandLine,
    .fails =
        "--tensor-model-parallel-size 2 --sequence-parallel --tensor-parallel-num-weight-shards 3",
    .passes =
        "--tensor-model-parallel-size 2 --sequence-parallel --tensor-parallel-num-weight-shards 4",
};

}  // namespace nam56r::dialect::rules
