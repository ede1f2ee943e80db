#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/weight_shards.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kMxfp8ShardsAreGathered = {
    .code = "POLICY1075",
    .title = "Weight shards in MXFP8 that are not gathered in FP8",
    .dests = {"fp8_recipe", "fp8_param_gather", "reuse_grad_buf_for_mxfp8_param_ag",
              "tensor_parallel_num_weight_shards"},
    .refuses =
        [](const Args& a, const Args&) {
          return ShardsWeights(a) && a.Is("fp8_recipe", "mxfp8") &&
                 (!a.On("fp8_param_gather") || !a.On("reuse_grad_buf_for_mxfp8_param_ag"));
        },
    .why =
        "keeps sharded weights of the recipe mxfp8 in FP8 alone, gathered into the buffer of the "
        "gradients",
    .fix = "give --fp8-param-gather and --reuse-grad-buf-for-mxfp8-param-ag",
    .valid = "delayed|tensorwise|blockwise",
    .source = kValidate,
    .releases = {.since = 19},
    .reach = Reach::kCommandLine,
    .fails =
        "--tensor-parallel-num-weight-shards 2 --mamba-num-heads 64 --fp8-format e4m3 --fp8-recipe "
        "mxfp8 sm:10",
    .passes =
        "--tensor-parallel-num-weight-shards 2 --mamba-num-heads 64 --fp8-format e4m3 --fp8-recipe "
        "tensorwise",
};

}  // namespace nam56r::dialect::rules
