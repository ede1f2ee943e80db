#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/offload.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOffloadedExpertsAreFused = {
    .code = "POLICY1772",
    .title = "Offloading of fused experts that are not fused",
    .dests = {"offload_modules", "use_transformer_engine_op_fuser"},
    .refuses =
        [](const Args& a, const Args&) {
          return OffloadsModules(a) && Offloads(a, "fused_group_mlp") &&
                 !a.On("use_transformer_engine_op_fuser");
        },
    .why = "moves fused_group_mlp where Transformer Engine's fused operations compute experts only",
    .fix = "give {use_transformer_engine_op_fuser}",
    .valid = "core_attn|attn_norm|mlp_norm|qkv_linear|expert_fc1|moe_act",
    .source = kConfig,
    .stage = Stage::kBuild,
    .releases = {.since = 19},
    .reach = Reach::kCommandLine,
    .fails =
        "NVTE_CPU_OFFLOAD_V1=1 --fine-grained-activation-offloading --offload-modules "
        "fused_group_mlp",
    .passes =
        "NVTE_CPU_OFFLOAD_V1=1 --fine-grained-activation-offloading --offload-modules moe_act",
};

}  // namespace nam56r::dialect::rules
