#pragma once

#include "src/dialect/rules/execution_facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOffloadingAndGraphs = {
    .code = "POLICY1728",
    .title = "Activations in host memory inside graphs",
    .dests = {"fine_grained_activation_offloading", "cuda_graph_impl", "cuda_graph_modules"},
    .refuses =
        [](const Args& a, const Args&) {
          if (!OffloadsActivations(a) || !Graphs(a)) return false;
          const bool partial = a.minor() >= 19 && GraphsAre(a, "local") &&
                               a.Size("cuda_graph_modules") > 0 && OnlyExpertsOffloaded(a);
          const bool supported = GraphsAre(a, "transformer_engine") || FullIteration(a) || partial;
          return !supported || Captures(a, "moe") || a.Int("cuda_graph_warmup_steps", 3) <= 0;
        },
    .why =
        "moves activations to host memory beside graphs of Transformer Engine or of the whole "
        "step, never inside a captured expert layer",
    .fix = "choose transformer_engine for {cuda_graph_impl}",
    .valid = "false",
    .source = kConfig,
    .stage = Stage::kBuild,
    .releases = {.since = 18},
    .reach = Reach::kCommandLine,
    .fails =
        "NVTE_CPU_OFFLOAD_V1=1 --fine-grained-activation-offloading --offload-modules attn_norm "
        "--cuda-graph-impl local --cuda-graph-modules mamba",
    .passes =
        "NVTE_CPU_OFFLOAD_V1=1 --fine-grained-activation-offloading --offload-modules moe_act "
        "--cuda-graph-impl transformer_engine --cuda-graph-modules mamba",
};

}  // namespace nam56r::dialect::rules
