#pragma once

#include "src/dialect/rules/execution_facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kGroupMlpNeedsFuser = {
    .code = "POLICY1725",
    .title = "Fused grouped MLP in host memory without the fuser",
    .dests = {"offload_modules", "use_transformer_engine_op_fuser"},
    .refuses =
        [](const Args& a, const Args&) {
          return OffloadsActivations(a) && a.Lists("offload_modules", "fused_group_mlp") &&
                 (!a.On("use_transformer_engine_op_fuser") ||
                  a.Lists("offload_modules", "moe_act") ||
                  a.Lists("offload_modules", "expert_fc1"));
        },
    .why =
        "moves fused_group_mlp to host memory with the operation fuser only, and without its parts",
    .fix = "name expert_fc1 and moe_act instead",
    .source = kConfig,
    .stage = Stage::kBuild,
    .releases = {.since = 19},
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args& a) -> std::vector<std::string> {
      return Without(a, "offload_modules", {"fused_group_mlp"});
    },
    .fails =
        "NVTE_CPU_OFFLOAD_V1=1 --fine-grained-activation-offloading --offload-modules "
        "fused_group_mlp",
    .passes =
        "NVTE_CPU_OFFLOAD_V1=1 --fine-grained-activation-offloading --offload-modules expert_fc1 "
        "moe_act",
};

}  // namespace nam56r::dialect::rules
