#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kWarmupFlushNeedsP2p = {
    .code = "POLICY2101",
    .title = "Overlap in warmup and flush alone",
    .dests = {"overlap_p2p_comm_warmup_flush", "overlap_p2p_comm"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("overlap_p2p_comm_warmup_flush") && !a.On("overlap_p2p_comm");
        },
    .why = "overlaps the sends of warmup and flush with those of the steady state only",
    .fix = "leave {overlap_p2p_comm_warmup_flush} out",
    .valid = "false",
    .source = "model_parallel_config.py:ModelParallelConfig.__post_init__",
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails = "--overlap-p2p-communication-warmup-flush",
    .passes = "gpt --overlap-p2p-communication-warmup-flush",
};

}  // namespace nam56r::dialect::rules
