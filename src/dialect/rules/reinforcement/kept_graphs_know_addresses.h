#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/packages.h"
#include "src/dialect/rules/reinforcement.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kKeptGraphsKnowAddresses = {
    .code = "POLICY2715",
    .title = "Graphs that outlive the addresses of the key-value cache",
    .dests = {"rl_kv_cache_management_mode", "rl_persist_cuda_graphs",
              "inference_dynamic_batching_unified_memory_level"},
    .refuses =
        [](const Args& a, const Args&) {
          return KeepsGraphs(a) && !a.Is("rl_kv_cache_management_mode", "persist") &&
                 a.Int("inference_dynamic_batching_unified_memory_level") <= 0 &&
                 IsWithout(a, "torch_memory_saver");
        },
    .why =
        "keeps graphs while the key-value cache stays, lies in unified memory, or is held by "
        "torch_memory_saver",
    .fix = "choose persist for {rl_kv_cache_management_mode}",
    .valid = "persist",
    .source = kValidate,
    .releases = {.since = 17},
    .reach = Reach::kCommandLine,
    .fails =
        "--perform-rl-step --rl-persist-cuda-graphs --rl-kv-cache-management-mode recompute "
        "--cuda-graph-impl transformer_engine --cuda-graph-modules mamba !pkg:torch_memory_saver",
    .passes =
        "--perform-rl-step --rl-persist-cuda-graphs --cuda-graph-impl transformer_engine "
        "--cuda-graph-modules mamba",
};

}  // namespace nam56r::dialect::rules
