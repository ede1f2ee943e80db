#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kInstancesAreDistributed = {
    .code = "POLICY2015",
    .title = "Instances of an optimizer that is not distributed",
    .dests = {"num_distributed_optimizer_instances", "use_distributed_optimizer"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.Int("num_distributed_optimizer_instances", 1) > 1 &&
                 !a.On("use_distributed_optimizer") && !Fsdp(a);
        },
    .why = "has several instances of the distributed optimizer only",
    .fix = "turn on {use_distributed_optimizer}",
    .valid = "1",
    .source = "distributed_data_parallel.py:DistributedDataParallel.__init__",
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails =
        "--num-distributed-optimizer-instances 2 !--use-distributed-optimizer "
        "!--overlap-param-gather",
    .passes = "--num-distributed-optimizer-instances 2",
};

}  // namespace nam56r::dialect::rules
