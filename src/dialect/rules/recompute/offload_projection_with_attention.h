#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/offload.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOffloadProjectionWithAttention = {
    .code = "POLICY1769",
    .title = "Offloaded projection without the attention before it",
    .dests = {"offload_modules"},
    .refuses =
        [](const Args& a, const Args&) {
          return OffloadsModules(a) && Offloads(a, "attn_proj") && !Offloads(a, "core_attn");
        },
    .why =
        "moves the input of attn_proj, which core_attn needs in its backward pass, together with "
        "core_attn only",
    .fix = "add core_attn to {offload_modules}",
    .valid = "core_attn",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails =
        "NVTE_CPU_OFFLOAD_V1=1 --fine-grained-activation-offloading --offload-modules attn_proj",
    .passes =
        "NVTE_CPU_OFFLOAD_V1=1 --fine-grained-activation-offloading --offload-modules attn_proj "
        "core_attn",
};

}  // namespace nam56r::dialect::rules
