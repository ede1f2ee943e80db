#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kBucketsByNumberOrSize = {
    .code = "POLICY2125",
    .title = "Number and size of buckets",
    .dests = {"ddp_num_buckets", "ddp_bucket_size"},
    .refuses =
        [](const Args& a, const Args&) {
          return !a.IsNull("ddp_num_buckets") &&
                 (a.Int("ddp_num_buckets") <= 0 || !a.IsNull("ddp_bucket_size"));
        },
    .why = "cuts gradients into a number of buckets, above 0, or by their size",
    .fix = "leave one of them out",
    .valid = "1 and more",
    .source = "distributed_data_parallel_config.py:DistributedDataParallelConfig.__post_init__",
    .stage = Stage::kBuild,
    .releases = {.since = 18},
    .reach = Reach::kCommandLine,
    .fails = "--ddp-num-buckets 4 --ddp-bucket-size 40000000",
    .passes = "--ddp-num-buckets 4",
};

}  // namespace nam56r::dialect::rules
