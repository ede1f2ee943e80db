#pragma once

#include "src/dialect/rules/execution_facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOffloadingInsideRecompute = {
    .code = "POLICY1724",
    .title = "Host memory for activations inside a recomputed expert layer",
    .dests = {"offload_modules", "recompute_modules"},
    .refuses =
        [](const Args& a, const Args&) {
          return OffloadsActivations(a) && Recomputes(a, "moe") &&
                 (a.Lists("offload_modules", "moe_act") ||
                  a.Lists("offload_modules", "expert_fc1") ||
                  a.Lists("offload_modules", "fused_group_mlp"));
        },
    .why =
        "recomputes the whole expert layer, so that nothing inside it is left to move to host "
        "memory",
    .fix = "remove moe from {recompute_modules}",
    .source = kConfig,
    .stage = Stage::kBuild,
    .releases = {.since = 19},
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args& a) -> std::vector<std::string> {
      return Without(a, "offload_modules", {"moe_act", "expert_fc1", "fused_group_mlp"});
    },
    .fails =
        "NVTE_CPU_OFFLOAD_V1=1 --fine-grained-activation-offloading --offload-modules moe_act "
        "--recompute-granularity selective --recompute-modules moe",
    .passes =
        "NVTE_CPU_OFFLOAD_V1=1 --fine-grained-activation-offloading --offload-modules moe_act",
};

}  // namespace nam56r::dialect::rules
