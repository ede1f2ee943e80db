#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOptimizerStepIsInterleaved = {
    .code = "POLICY2103",
    .title = "Optimizer step that overlaps the gathering without interleaving",
    .dests = {"overlap_param_gather_with_optimizer_step", "overlap_param_gather"},
    .refuses =
        [](const Args& a, const Args& raw) {
          return a.On("overlap_param_gather_with_optimizer_step") &&
                 (!raw.On("use_distributed_optimizer") || !raw.On("overlap_param_gather") ||
                  VirtualStages(a) == 1 || !a.Is("ckpt_format", "torch"));
        },
    .why =
        "overlaps the optimizer's step with the gathering of parameters in the interleaved "
        "schedule only, and without distributed checkpoints",
    .fix = "leave it out",
    .valid = "false",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--overlap-param-gather-with-optimizer-step --ckpt-format torch",
    .passes = "gpt --overlap-param-gather-with-optimizer-step --ckpt-format torch",
};

}  // namespace nam56r::dialect::rules
