#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/offload.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOffloadedModulesOfLocalGraphs = {
    .code = "POLICY1872",
    .title = "Local graphs of modules in host memory",
    .dests = {"fine_grained_activation_offloading", "cuda_graph_impl", "offload_modules",
              "cuda_graph_modules"},
    .refuses =
        [](const Args& a, const Args&) {
          if (!OffloadsModules(a) || !GraphsAre(a, "local")) return false;
          const bool others = Offloads(a, "core_attn") || Offloads(a, "attn_proj") ||
                              Offloads(a, "attn_norm") || Offloads(a, "mlp_norm") ||
                              Offloads(a, "qkv_linear");
          return a.minor() < 19 || others || CapturedModules(a) == 0;
        },
    .why =
        "moves activations beside local graphs not at all in 0.18, and since 0.19 parts of experts "
        "beside named modules only",
    .fix = "choose transformer_engine for {cuda_graph_impl}",
    .valid = "false",
    .source = kConfig,
    .stage = Stage::kBuild,
    .releases = {.since = 18},
    .reach = Reach::kCommandLine,
    .fails =
        "NVTE_CPU_OFFLOAD_V1=1 --fine-grained-activation-offloading --offload-modules core_attn "
        "--cuda-graph-impl local --cuda-graph-modules mamba",
    .passes =
        "NVTE_CPU_OFFLOAD_V1=1 --fine-grained-activation-offloading --offload-modules core_attn "
        "--cuda-graph-impl transformer_engine --cuda-graph-modules mamba",
};

}  // namespace nam56r::dialect::rules
