#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/offload.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOffloadedModulesWarmUp = {
    .code = "POLICY1874",
    .title = "Graphs beside modules in host memory without warmup",
    .dests = {"cuda_graph_warmup_steps", "fine_grained_activation_offloading"},
    .refuses =
        [](const Args& a, const Args&) {
          return OffloadsModules(a) && Graphs(a) && a.Int("cuda_graph_warmup_steps", 3) <= 0;
        },
    .why = "learns in the steps before capture what moves to host memory",
    .fix = "write 1 and more",
    .valid = "1 and more",
    .source = kConfig,
    .stage = Stage::kBuild,
    .releases = {.since = 18},
    .reach = Reach::kCommandLine,
    .fails =
        "NVTE_CPU_OFFLOAD_V1=1 --fine-grained-activation-offloading --offload-modules core_attn "
        "--cuda-graph-impl transformer_engine --cuda-graph-modules mamba --cuda-graph-warmup-steps "
        "0",
    .passes =
        "NVTE_CPU_OFFLOAD_V1=1 --fine-grained-activation-offloading --offload-modules core_attn "
        "--cuda-graph-impl transformer_engine --cuda-graph-modules mamba",
};

}  // namespace nam56r::dialect::rules
