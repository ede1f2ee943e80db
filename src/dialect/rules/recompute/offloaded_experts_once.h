#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/offload.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOffloadedExpertsOnce = {
    .code = "POLICY1773",
    .title = "Offloading of fused experts and of their parts",
    .dests = {"offload_modules"},
    .refuses =
        [](const Args& a, const Args&) {
          return OffloadsModules(a) && Offloads(a, "fused_group_mlp") &&
                 (Offloads(a, "expert_fc1") || Offloads(a, "moe_act"));
        },
    .why = "moves fused_group_mlp or its parts expert_fc1 and moe_act",
    .fix = "take expert_fc1 and moe_act out of {offload_modules}",
    .valid = "fused_group_mlp",
    .source = kConfig,
    .stage = Stage::kBuild,
    .releases = {.since = 19},
    .reach = Reach::kCommandLine,
    .fails =
        "NVTE_CPU_OFFLOAD_V1=1 --fine-grained-activation-offloading --offload-modules "
        "fused_group_mlp moe_act --use-transformer-engine-op-fuser",
    .passes =
        "NVTE_CPU_OFFLOAD_V1=1 --fine-grained-activation-offloading --offload-modules moe_act",
};

}  // namespace nam56r::dialect::rules
