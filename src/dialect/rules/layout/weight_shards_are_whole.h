#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kWeightShardsAreWhole = {
    .code = "POLICY1029",
    .title = "Shards of weights that TP does not divide",
    .dests = {"tensor_parallel_num_weight_shards", "tensor_model_parallel_size"},
    .refuses =
        [](const Args& a, const Args&) {
          return !a.IsNull("tensor_parallel_num_weight_shards") && Tp(a) > 0 &&
                 (a.Int("tensor_parallel_num_weight_shards") < Tp(a) ||
                  a.Int("tensor_parallel_num_weight_shards") % Tp(a) != 0);
        },
    .why = "cuts the share of every TP rank into the same number of shards",
    .fix =
        "choose a multiple of {tensor_model_parallel_size}, or leave "
        "{tensor_parallel_num_weight_shards} out",
    .source = "model_parallel_config.py:resolve_tensor_parallel_weight_shards",
    .releases = {.since = 19},
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args& a) -> Values {
      return MultiplesNear(a.Int("tensor_parallel_num_weight_shards"), Tp(a));
    },
    .fails = "gpt --tensor-parallel-num-weight-shards 3",
    .passes = "gpt --tensor-parallel-num-weight-shards 2",
};

}  // namespace nam56r::dialect::rules
