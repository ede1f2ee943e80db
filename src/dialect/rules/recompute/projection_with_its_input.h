#pragma once

#include "src/dialect/rules/execution_facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kProjectionWithItsInput = {
    .code = "POLICY1723",
    .title = "Projection in host memory without the attention before it",
    .dests = {"offload_modules"},
    .refuses =
        [](const Args& a, const Args&) {
          return OffloadsActivations(a) && a.Lists("offload_modules", "attn_proj") &&
                 !a.Lists("offload_modules", "core_attn");
        },
    .why = "moves attn_proj to host memory together with core_attn, whose backward reads it",
    .fix = "add core_attn",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args& a) -> std::vector<std::string> {
      return {Joined(a, "offload_modules") + " core_attn"};
    },
    .fails =
        "NVTE_CPU_OFFLOAD_V1=1 --fine-grained-activation-offloading --offload-modules attn_proj",
    .passes =
        "NVTE_CPU_OFFLOAD_V1=1 --fine-grained-activation-offloading --offload-modules core_attn "
        "attn_proj",
};

}  // namespace nam56r::dialect::rules
