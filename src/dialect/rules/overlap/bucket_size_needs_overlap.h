#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kBucketSizeNeedsOverlap = {
    .code = "POLICY2128",
    .title = "Size of buckets of gradients that are reduced at once",
    .dests = {"ddp_bucket_size", "overlap_grad_reduce"},
    .refuses =
        [](const Args& a, const Args&) {
          return !a.IsNull("ddp_bucket_size") && !a.On("overlap_grad_reduce");
        },
    .why = "makes one bucket of all gradients unless their reduction is overlapped",
    .fix = "give {overlap_grad_reduce}, or leave {ddp_bucket_size} out",
    .valid = "not given",
    .source = "distributed_data_parallel.py:DistributedDataParallel.__init__",
    .stage = Stage::kRun,
    .severity = base::Severity::kWarning,
    .reach = Reach::kCommandLine,
    .fails = "--ddp-bucket-size 40000000 !--overlap-grad-reduce !--overlap-param-gather",
    .passes = "--ddp-bucket-size 40000000",
};

}  // namespace nam56r::dialect::rules
