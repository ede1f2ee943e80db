#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kRegisteredBuffers = {
    .code = "POLICY2062",
    .title = "Buffers of Megatron-FSDP registered by hand",
    .dests = {"fsdp_manual_registration", "use_megatron_fsdp", "nccl_ub"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("fsdp_manual_registration") &&
                 (!a.On("use_megatron_fsdp") || !a.On("nccl_ub"));
        },
    .why = "registers the buffers of Megatron-FSDP with NCCL under --use-nccl-ub only",
    .fix = "leave {fsdp_manual_registration} out",
    .valid = "false",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--fsdp-manual-registration",
    .passes = "--manual-gc",
};

}  // namespace nam56r::dialect::rules
