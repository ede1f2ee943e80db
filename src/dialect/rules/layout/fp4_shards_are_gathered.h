#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/weight_shards.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kFp4ShardsAreGathered = {
    .code = "POLICY1076",
    .title = "Weight shards in FP4 that are not gathered in FP4",
    .dests = {"fp4", "fp4_param_gather", "tensor_parallel_num_weight_shards"},
    .refuses =
        [](const Args& a, const Args&) {
          return ShardsWeights(a) && a.On("fp4") && !a.On("fp4_param_gather");
        },
    .why = "gathers sharded weights of an FP4 run in FP4 only",
    .fix = "give {fp4_param_gather}",
    .valid = "not given",
    .source = kValidate,
    .releases = {.since = 19},
    .reach = Reach::kCommandLine,
    .fails = "--tensor-parallel-num-weight-shards 2 --fp4-format e2m1 sm:10",
    .passes = "--tensor-parallel-num-weight-shards 2 --fp4-format e2m1 --fp4-param-gather sm:10",
};

}  // namespace nam56r::dialect::rules
