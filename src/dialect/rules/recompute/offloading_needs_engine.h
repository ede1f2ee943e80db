#pragma once

#include "src/dialect/rules/execution_facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOffloadingNeedsEngine = {
    .code = "POLICY1727",
    .title = "Activations in host memory without Transformer Engine",
    .dests = {"fine_grained_activation_offloading", "transformer_impl"},
    .refuses =
        [](const Args& a, const Args&) {
          return OffloadsActivations(a) && !a.Is("transformer_impl", "transformer_engine");
        },
    .why = "moves activations to host memory with Transformer Engine's layers only",
    .fix = "choose transformer_engine for {transformer_impl}",
    .valid = "false",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails =
        "gpt NVTE_CPU_OFFLOAD_V1=1 --fine-grained-activation-offloading --offload-modules moe_act "
        "--transformer-impl local",
    .passes =
        "gpt NVTE_CPU_OFFLOAD_V1=1 --fine-grained-activation-offloading --offload-modules moe_act",
};

}  // namespace nam56r::dialect::rules
