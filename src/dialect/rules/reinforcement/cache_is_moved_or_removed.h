#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/reinforcement.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kCacheIsMovedOrRemoved = {
    .code = "POLICY2703",
    .title = "Key-value cache moved and removed",
    .dests = {"rl_remove_kv_cache_during_training", "rl_offload_kv_cache_during_training"},
    .refuses =
        [](const Args& a, const Args&) {
          return Reinforces(a) && a.On("rl_remove_kv_cache_during_training") &&
                 a.On("rl_offload_kv_cache_during_training");
        },
    .why = "moves the key-value cache to host memory while it trains, or removes it",
    .fix = "keep one of them",
    .valid = "false",
    .source = kValidate,
    .releases = {.until = 16},
    .reach = Reach::kCommandLine,
    .fails =
        "--perform-rl-step --rl-remove-kv-cache-during-training "
        "--rl-offload-kv-cache-during-training",
    .passes = "--perform-rl-step --rl-remove-kv-cache-during-training",
};

}  // namespace nam56r::dialect::rules
