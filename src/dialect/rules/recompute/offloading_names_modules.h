#pragma once

#include "src/dialect/rules/execution_facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOffloadingNamesModules = {
    .code = "POLICY1721",
    .title = "Activations in host memory that are not named",
    .dests = {"offload_modules", "fine_grained_activation_offloading"},
    .refuses = [](const Args& a,
                  const Args&) { return OffloadsActivations(a) && a.Size("offload_modules") == 0; },
    .why = "moves the activations of named modules to host memory",
    .fix = "give {offload_modules}",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args& a) -> std::vector<std::string> { return OffloadModules(a); },
    .fails = "NVTE_CPU_OFFLOAD_V1=1 --fine-grained-activation-offloading",
    .passes =
        "NVTE_CPU_OFFLOAD_V1=1 --fine-grained-activation-offloading --offload-modules attn_norm",
};

}  // namespace nam56r::dialect::rules
