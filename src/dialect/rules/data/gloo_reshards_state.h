#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/gloo.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kGlooReshardsState = {
    .code = "POLICY2277",
    .title = "Optimizer state that is resharded in little memory without Gloo",
    .dests = {"distrib_optim_fully_reshardable_mem_efficient", "dist_ckpt_optim_fully_reshardable",
              "use_gloo_process_groups", "enable_gloo_process_groups"},
    .refuses =
        [](const Args& a, const Args& raw) {
          return WithoutGloo(raw) && ShardsWhenSaving(raw) &&
                 a.On("dist_ckpt_optim_fully_reshardable") &&
                 a.On("distrib_optim_fully_reshardable_mem_efficient");
        },
    .why = "reshards optimizer state in little memory over Gloo only",
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
