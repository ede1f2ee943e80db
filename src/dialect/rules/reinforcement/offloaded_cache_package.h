#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/packages.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOffloadedCachePackage = {
    .code = "POLICY2701",
    .title = "Key-value cache in host memory without torch_memory_saver",
    .dests = {"rl_offload_kv_cache_during_training"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("rl_offload_kv_cache_during_training") && IsWithout(a, "torch_memory_saver");
        },
    .why = "imports torch_memory_saver when it validates, and stops without it",
    .fix = "install torch_memory_saver on every host",
    .valid = "false",
    .source = kValidate,
    .releases = {.until = 16},
    .reach = Reach::kCommandLine,
    .fails = "--rl-offload-kv-cache-during-training !pkg:torch_memory_saver",
    .passes = "--rl-partial-rollouts",
};

}  // namespace nam56r::dialect::rules
