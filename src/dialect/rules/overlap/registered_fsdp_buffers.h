#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kRegisteredFsdpBuffers = {
    .code = "POLICY2129",
    .title = "Registered buffers without fully sharded parameters",
    .dests = {"fsdp_manual_registration", "use_megatron_fsdp", "nccl_ub"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("fsdp_manual_registration") &&
                 (!a.On("use_megatron_fsdp") || !a.On("nccl_ub"));
        },
    .why = "registers buffers by hand with Megatron-FSDP and --use-nccl-ub only",
    .fix = "leave {fsdp_manual_registration} out",
    .valid = "false",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--fsdp-manual-registration",
    .passes = "",
};

}  // namespace nam56r::dialect::rules
