#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOffloadedCacheIsNotUnified = {
    .code = "POLICY2702",
    .title = "Key-value cache in host memory and in unified memory",
    .dests = {"rl_offload_kv_cache_during_training",
              "inference_dynamic_batching_unified_memory_level"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("rl_offload_kv_cache_during_training") &&
                 a.On("inference_dynamic_batching_unified_memory_level");
        },
    .why = "moves a key-value cache that does not lie in unified memory only",
    .fix = "write 0 for {inference_dynamic_batching_unified_memory_level}",
    .valid = "false",
    .source = kValidate,
    .releases = {.until = 16},
    .reach = Reach::kCommandLine,
    .fails =
        "--rl-offload-kv-cache-during-training --inference-dynamic-batching-unified-memory-level 1",
    .passes = "--inference-dynamic-batching-unified-memory-level 1",
};

}  // namespace nam56r::dialect::rules
