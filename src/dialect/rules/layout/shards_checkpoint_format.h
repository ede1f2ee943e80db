#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/weight_shards.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kShardsCheckpointFormat = {
    .code = "POLICY1073",
    .title = "Weight shards in another checkpoint format",
    .dests = {"ckpt_format", "tensor_parallel_num_weight_shards",
              "expert_tensor_parallel_num_weight_shards"},
    .refuses =
        [](const Args& a, const Args&) {
          return ShardsWeights(a) && !a.Is("ckpt_format", "torch") &&
                 !a.Is("ckpt_format", "torch_dist");
        },
    .why = "saves sharded weights as torch and torch_dist only",
    .fix = "choose torch_dist for {ckpt_format}",
    .valid = "torch_dist|torch",
    .source = kValidate,
    .releases = {.since = 19},
    .reach = Reach::kCommandLine,
    .fails = "--tensor-parallel-num-weight-shards 2 --ckpt-format torch_dcp",
    .passes = "--tensor-parallel-num-weight-shards 2",
};

}  // namespace nam56r::dialect::rules
