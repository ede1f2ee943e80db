#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/offload.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOffloadNeedsEngine = {
    .code = "POLICY1760",
    .title = "Offloaded modules without Transformer Engine",
    .dests = {"fine_grained_activation_offloading", "transformer_impl"},
    .refuses =
        [](const Args& a, const Args&) {
          return OffloadsModules(a) && !a.Is("transformer_impl", "transformer_engine");
        },
    .why = "moves activations of Transformer Engine's modules to host memory only",
    .fix = "choose transformer_engine for {transformer_impl}",
    .valid = "false",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails =
        "NVTE_CPU_OFFLOAD_V1=1 --fine-grained-activation-offloading --offload-modules core_attn "
        "--transformer-impl local",
    .passes =
        "NVTE_CPU_OFFLOAD_V1=1 --fine-grained-activation-offloading --offload-modules core_attn",
};

}  // namespace nam56r::dialect::rules
