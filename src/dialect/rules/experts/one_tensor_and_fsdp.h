#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOneTensorAndFsdp = {
    .code = "POLICY1470",
    .title = "Experts in one tensor under Megatron-FSDP",
    .dests = {"moe_single_grouped_weight", "moe_single_grouped_bias", "use_megatron_fsdp"},
    .refuses =
        [](const Args& a, const Args&) {
          return (a.On("moe_single_grouped_weight") || a.On("moe_single_grouped_bias")) &&
                 a.On("use_megatron_fsdp");
        },
    .why = "shards no tensor of several experts under Megatron-FSDP",
    .fix = "leave {moe_single_grouped_weight} out",
    .valid = "false",
    .source = kValidate,
    .releases = {.since = 19},
    .reach = Reach::kCommandLine,
    .fails =
        "--moe-single-grouped-weight --use-megatron-fsdp --ckpt-format fsdp_dtensor "
        "CUDA_DEVICE_MAX_CONNECTIONS=8",
    .passes = "--use-megatron-fsdp --ckpt-format fsdp_dtensor CUDA_DEVICE_MAX_CONNECTIONS=8",
};

}  // namespace nam56r::dialect::rules
