#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/offload.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOffloadedModulesOfExperts = {
    .code = "POLICY1873",
    .title = "Graph of whole expert layers beside modules in host memory",
    .dests = {"cuda_graph_modules", "fine_grained_activation_offloading"},
    .refuses = [](const Args& a,
                  const Args&) { return OffloadsModules(a) && Graphs(a) && Captures(a, "moe"); },
    .why = "captures no whole expert layers beside activations in host memory",
    .fix = "capture moe_router instead of moe",
    .valid = "attn|mamba|mlp|moe_router|moe_preprocess",
    .source = kConfig,
    .stage = Stage::kBuild,
    .releases = {.since = 18},
    .reach = Reach::kCommandLine,
    .fails =
        "NVTE_CPU_OFFLOAD_V1=1 --fine-grained-activation-offloading --offload-modules core_attn "
        "--cuda-graph-impl transformer_engine --cuda-graph-modules moe "
        "--moe-expert-capacity-factor 1.5 --moe-pad-expert-input-to-capacity",
    .passes =
        "NVTE_CPU_OFFLOAD_V1=1 --fine-grained-activation-offloading --offload-modules core_attn "
        "--cuda-graph-impl transformer_engine --cuda-graph-modules mamba",
};

}  // namespace nam56r::dialect::rules
