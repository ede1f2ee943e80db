#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/reinforcement.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOffloadedCacheKeepsGraphs = {
    .code = "POLICY2716",
    .title = "Key-value cache in host memory without kept graphs",
    .dests = {"rl_kv_cache_management_mode", "rl_persist_cuda_graphs"},
    .refuses = [](const Args& a,
                  const Args&) { return OffloadsCache(a) && !a.On("rl_persist_cuda_graphs"); },
    .why = "would spoil the key-value cache in host memory by taking graphs anew",
    .fix = "give {rl_persist_cuda_graphs}",
    .valid = "persist|recompute",
    .source = kValidate,
    .releases = {.since = 17},
    .reach = Reach::kCommandLine,
    .fails = "--perform-rl-step --rl-kv-cache-management-mode offload",
    .passes = "--perform-rl-step --rl-kv-cache-management-mode recompute",
};

}  // namespace nam56r::dialect::rules
