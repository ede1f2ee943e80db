#pragma once

#include "src/dialect/rules/execution_facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kGlooGathersLegacy = {
    .code = "POLICY2209",
    .title = "Legacy checkpoints without Gloo",
    .dests = {"ckpt_format", "use_distributed_optimizer"},
    .refuses =
        [](const Args& a, const Args& raw) {
          return !GlooGroups(raw) && a.On("use_distributed_optimizer") &&
                 a.Is("ckpt_format", "torch");
        },
    .why = "gathers the distributed optimizer for the format torch over Gloo",
    .fix = "choose torch_dist for {ckpt_format}",
    .valid = "torch_dist",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--disable-gloo-process-groups --ckpt-format torch",
    .passes = "--disable-gloo-process-groups",
};

}  // namespace nam56r::dialect::rules
