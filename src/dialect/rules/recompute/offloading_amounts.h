#pragma once

#include "src/dialect/rules/execution_facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOffloadingAmounts = {
    .code = "POLICY1726",
    .title = "Amounts of offloading out of range",
    .dests = {"activation_offload_fraction", "min_offloaded_tensor_size",
              "delta_offload_bytes_across_pp_ranks"},
    .refuses =
        [](const Args& a, const Args&) {
          const double fraction = a.Number("activation_offload_fraction", 1);
          return OffloadsActivations(a) &&
                 (fraction < 0 || fraction > 1 || a.Int("min_offloaded_tensor_size") < 0 ||
                  a.Int("delta_offload_bytes_across_pp_ranks") < 0);
        },
    .why = "moves a share between 0 and 1, and no negative number of bytes",
    .fix = "correct the amount",
    .valid = "0 to 1",
    .source = kConfig,
    .stage = Stage::kBuild,
    .releases = {.since = 19},
    .reach = Reach::kCommandLine,
    .fails =
        "NVTE_CPU_OFFLOAD_V1=1 --fine-grained-activation-offloading --offload-modules moe_act "
        "--activation-offload-fraction 1.5",
    .passes =
        "NVTE_CPU_OFFLOAD_V1=1 --fine-grained-activation-offloading --offload-modules moe_act "
        "--activation-offload-fraction 0.5",
};

}  // namespace nam56r::dialect::rules
