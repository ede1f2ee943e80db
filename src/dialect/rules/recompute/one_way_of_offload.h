#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/offload.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOneWayOfOffload = {
    .code = "POLICY1766",
    .title = "Layers and modules in host memory",
    .dests = {"fine_grained_activation_offloading", "cpu_offloading_num_layers"},
    .refuses = [](const Args& a, const Args&) { return OffloadsModules(a) && OffloadsLayers(a); },
    .why = "moves modules or layers to host memory",
    .fix = "keep one of them",
    .valid = "false",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails =
        "NVTE_CPU_OFFLOAD_V1=1 --fine-grained-activation-offloading --offload-modules core_attn "
        "--cpu-offloading-num-layers 4",
    .passes =
        "NVTE_CPU_OFFLOAD_V1=1 --fine-grained-activation-offloading --offload-modules core_attn",
};

}  // namespace nam56r::dialect::rules
