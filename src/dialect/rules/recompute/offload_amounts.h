#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/offload.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOffloadAmounts = {
    .code = "POLICY1771",
    .title = "Amounts of offloading out of their range",
    .dests = {"activation_offload_fraction", "min_offloaded_tensor_size",
              "delta_offload_bytes_across_pp_ranks"},
    .refuses =
        [](const Args& a, const Args&) {
          return OffloadsModules(a) && (a.Int("min_offloaded_tensor_size") < 0 ||
                                        a.Int("delta_offload_bytes_across_pp_ranks") < 0 ||
                                        !(a.Number("activation_offload_fraction") >= 0 &&
                                          a.Number("activation_offload_fraction") <= 1));
        },
    .why = "moves a share between 0 and 1 of the tensors that are larger than a size of 0 and more",
    .fix = "write a share from 0 to 1 and sizes of 0 and more",
    .valid = "0 to 1",
    .source = kConfig,
    .stage = Stage::kBuild,
    .releases = {.since = 19},
    .reach = Reach::kCommandLine,
    .fails =
        "NVTE_CPU_OFFLOAD_V1=1 --fine-grained-activation-offloading --offload-modules core_attn "
        "--activation-offload-fraction 1.5",
    .passes =
        "NVTE_CPU_OFFLOAD_V1=1 --fine-grained-activation-offloading --offload-modules core_attn "
        "--activation-offload-fraction 0.5",
};

}  // namespace nam56r::dialect::rules
