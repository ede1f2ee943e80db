#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kFp8GatherIsDistributed = {
    .code = "POLICY1902",
    .title = "FP8 parameters without the distributed optimizer",
    .dests = {"fp8_param_gather", "use_distributed_optimizer"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("fp8_param_gather") && !a.On("use_distributed_optimizer") &&
                 !a.On("use_torch_fsdp2") && !a.On("use_megatron_fsdp");
        },
    .why = "gathers FP8 parameters with the distributed optimizer only",
    .fix = "turn on {use_distributed_optimizer}, or turn off {fp8_param_gather}",
    .valid = "false",
    .source = kValidate,
    .fails =
        "--mamba-num-heads 64 --fp8-format hybrid --fp8-recipe tensorwise --fp8-param-gather "
        "!--use-distributed-optimizer !--overlap-param-gather",
    .passes = "--mamba-num-heads 64 --fp8-format hybrid --fp8-recipe tensorwise --fp8-param-gather",
};

}  // namespace nam56r::dialect::rules
