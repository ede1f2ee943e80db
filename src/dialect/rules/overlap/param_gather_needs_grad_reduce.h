#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kParamGatherNeedsGradReduce = {
    .code = "POLICY2102",
    .title = "Overlapped gathering of parameters alone",
    .dests = {"overlap_param_gather", "use_distributed_optimizer", "overlap_grad_reduce"},
    .refuses =
        [](const Args& a, const Args& raw) {
          const bool sharded = raw.On("use_distributed_optimizer") || a.On("use_megatron_fsdp") ||
                               (a.minor() >= 17 && raw.Is("optimizer", "dist_muon"));
          return raw.On("overlap_param_gather") && !(sharded && a.On("overlap_grad_reduce"));
        },
    .why =
        "overlaps the gathering of parameters only with the distributed optimizer and "
        "overlapped gradients",
    .fix =
        "turn on {use_distributed_optimizer} and {overlap_grad_reduce}, or turn off "
        "{overlap_param_gather}",
    .valid = "false",
    .source = kValidate,
    .fails = "!--overlap-grad-reduce",
    .passes = "",
};

}  // namespace nam56r::dialect::rules
