#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOffloadedCachePersists = {
    .code = "POLICY1827",
    .title = "Key-value cache in host memory without lasting graphs",
    .dests = {"rl_kv_cache_management_mode", "rl_persist_cuda_graphs"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("perform_rl_step") && a.Is("rl_kv_cache_management_mode", "offload") &&
                 (!a.On("rl_persist_cuda_graphs") ||
                  a.Int("inference_dynamic_batching_unified_memory_level") > 0);
        },
    .why =
        "moves the key-value cache to host memory only where graphs persist and unified memory "
        "does not do it already",
    .fix = "give {rl_persist_cuda_graphs}",
    .valid = "persist|recompute",
    .source = kValidate,
    .releases = {.since = 17},
    .reach = Reach::kCommandLine,
    .fails = "--perform-rl-step --rl-kv-cache-management-mode offload",
    .passes = "",
};

}  // namespace nam56r::dialect::rules
