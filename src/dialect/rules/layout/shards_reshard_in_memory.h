#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/weight_shards.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kShardsReshardInMemory = {
    .code = "POLICY1074",
    .title = "Weight shards with optimizer state that is resharded in little memory",
    .dests = {"distrib_optim_fully_reshardable_mem_efficient", "dist_ckpt_optim_fully_reshardable",
              "tensor_parallel_num_weight_shards"},
    .refuses =
        [](const Args& a, const Args&) {
          return ShardsWeights(a) && a.On("dist_ckpt_optim_fully_reshardable") &&
                 a.On("distrib_optim_fully_reshardable_mem_efficient");
        },
    .why = "reshards the optimizer state of sharded weights in full memory only",
    .fix = "leave {distrib_optim_fully_reshardable_mem_efficient} out",
    .valid = "false",
    .source = kValidate,
    .releases = {.since = 19},
    .reach = Reach::kCommandLine,
    .fails =
        "--tensor-parallel-num-weight-shards 2 --dist-ckpt-optim-fully-reshardable "
        "--distrib-optim-fully-reshardable-mem-efficient",
    .passes = "--tensor-parallel-num-weight-shards 2 --dist-ckpt-optim-fully-reshardable",
};

}  // namespace nam56r::dialect::rules
