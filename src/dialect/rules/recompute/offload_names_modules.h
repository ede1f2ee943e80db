#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/offload.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOffloadNamesModules = {
    .code = "POLICY1767",
    .title = "Offloading that names no module",
    .dests = {"fine_grained_activation_offloading", "offload_modules"},
    .refuses = [](const Args& a,
                  const Args&) { return OffloadsModules(a) && a.Size("offload_modules") == 0; },
    .why = "is not told which modules to move to host memory",
    .fix = "give {offload_modules}",
    .valid = "false",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails = "NVTE_CPU_OFFLOAD_V1=1 --fine-grained-activation-offloading",
    .passes =
        "NVTE_CPU_OFFLOAD_V1=1 --fine-grained-activation-offloading --offload-modules core_attn",
};

}  // namespace nam56r::dialect::rules
