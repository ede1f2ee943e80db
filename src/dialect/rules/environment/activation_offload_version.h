#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kActivationOffloadVersion = {
    .code = "POLICY2304",
    .title = "Activations in host memory by another mechanism",
    .dests = {"fine_grained_activation_offloading", "env:NVTE_CPU_OFFLOAD_V1"},
    .refuses =
        [](const Args& a, const Args&) {
          const auto& engine = a.surroundings().transformer_engine;
          return a.On("fine_grained_activation_offloading") &&
                 (!engine || *engine >= std::pair(2, 10)) &&
                 a.surroundings().Variable("NVTE_CPU_OFFLOAD_V1") != "1";
        },
    .why =
        "moves activations to host memory under NVTE_CPU_OFFLOAD_V1=1 only, with Transformer "
        "Engine since 2.10",
    .fix = "set NVTE_CPU_OFFLOAD_V1 to 1",
    .valid = "false",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--fine-grained-activation-offloading --offload-modules attn_norm",
    .passes =
        "NVTE_CPU_OFFLOAD_V1=1 --fine-grained-activation-offloading --offload-modules attn_norm",
};

}  // namespace nam56r::dialect::rules
