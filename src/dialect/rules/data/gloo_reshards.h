#pragma once

#include "src/dialect/rules/execution_facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kGlooReshards = {
    .code = "POLICY2210",
    .title = "Frugal resharding without Gloo",
    .dests = {"distrib_optim_fully_reshardable_mem_efficient", "dist_ckpt_optim_fully_reshardable"},
    .refuses =
        [](const Args& a, const Args& raw) {
          return !GlooGroups(raw) && a.On("use_distributed_optimizer") &&
                 !a.Is("ckpt_format", "torch") && a.On("dist_ckpt_optim_fully_reshardable") &&
                 a.On("distrib_optim_fully_reshardable_mem_efficient");
        },
    .why = "reshards the optimizer in little memory over Gloo",
    .fix = "leave {distrib_optim_fully_reshardable_mem_efficient} out",
    .valid = "false",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails =
        "--disable-gloo-process-groups --dist-ckpt-optim-fully-reshardable "
        "--distrib-optim-fully-reshardable-mem-efficient",
    .passes = "--dist-ckpt-optim-fully-reshardable --distrib-optim-fully-reshardable-mem-efficient",
};

}  // namespace nam56r::dialect::rules
