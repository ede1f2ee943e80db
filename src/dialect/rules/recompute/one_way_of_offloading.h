#pragma once

#include "src/dialect/rules/execution_facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOneWayOfOffloading = {
    .code = "POLICY1720",
    .title = "Two ways of keeping activations in host memory",
    .dests = {"fine_grained_activation_offloading", "cpu_offloading_num_layers"},
    .refuses =
        [](const Args& a, const Args&) {
          return OffloadsActivations(a) && a.Int("cpu_offloading_num_layers") > 0;
        },
    .why = "moves activations to host memory by module or by layer",
    .fix = "set {cpu_offloading_num_layers} to 0",
    .valid = "false",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails =
        "NVTE_CPU_OFFLOAD_V1=1 --fine-grained-activation-offloading --offload-modules attn_norm "
        "--cpu-offloading-num-layers 4",
    .passes =
        "NVTE_CPU_OFFLOAD_V1=1 --fine-grained-activation-offloading --offload-modules attn_norm",
};

}  // namespace nam56r::dialect::rules
