#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/values.h"
#include "src/dialect/rules/weight_shards.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kWeightShardsDivideWorld = {
    .code = "POLICY1062",
    .title = "Ranks that TP * PP * CP with weight shards does not divide",
    .dests = {"tensor_parallel_num_weight_shards", "tensor_model_parallel_size",
              "pipeline_model_parallel_size", "context_parallel_size"},
    .refuses =
        [](const Args& a, const Args&) {
          const std::int64_t shards = WeightShards(a);
          const std::int64_t model = Product(Product(Tp(a), Pp(a)), Cp(a));
          const std::int64_t world = a.surroundings().world_size;
          return shards > 1 && Divides(model, world) && world / model % shards != 0;
        },
    .why =
        "shares the shards of a weight among as many ranks, and their number is no multiple of all "
        "sizes together",
    .fix = "choose fewer {tensor_parallel_num_weight_shards}",
    .valid = "products that divide the number of ranks",
    .source = kValidate,
    .releases = {.since = 19},
    .reach = Reach::kCommandLine,
    .fails = "--tensor-parallel-num-weight-shards 16",
    .passes = "--tensor-parallel-num-weight-shards 8 --global-batch-size 64",
};

}  // namespace nam56r::dialect::rules
