#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/reinforcement.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOffloadedOrUnifiedCache = {
    .code = "POLICY2717",
    .title = "Key-value cache moved by hand and by unified memory",
    .dests = {"rl_kv_cache_management_mode", "inference_dynamic_batching_unified_memory_level"},
    .refuses =
        [](const Args& a, const Args&) {
          return OffloadsCache(a) && a.Int("inference_dynamic_batching_unified_memory_level") > 0;
        },
    .why = "moves the key-value cache by hand, or leaves it to unified memory",
    .fix = "write 0 for {inference_dynamic_batching_unified_memory_level}",
    .valid = "persist|recompute",
    .source = kValidate,
    .releases = {.since = 17},
    .reach = Reach::kCommandLine,
    .fails =
        "--perform-rl-step --rl-kv-cache-management-mode offload --rl-persist-cuda-graphs "
        "--cuda-graph-impl transformer_engine --cuda-graph-modules mamba "
        "--inference-dynamic-batching-unified-memory-level 1",
    .passes = "--perform-rl-step --inference-dynamic-batching-unified-memory-level 1",
};

}  // namespace nam56r::dialect::rules
