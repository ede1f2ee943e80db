#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/gloo.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kGlooCollectsState = {
    .code = "POLICY2276",
    .title = "Optimizer state that Gloo would collect",
    .dests = {"ckpt_format", "use_gloo_process_groups", "enable_gloo_process_groups",
              "use_distributed_optimizer"},
    .refuses =
        [](const Args& a, const Args& raw) {
          return WithoutGloo(raw) && ShardsWhenSaving(raw) && a.Is("ckpt_format", "torch");
        },
    .why = "collects sharded optimizer state for the format torch over Gloo",
    .fix = "choose torch_dist for {ckpt_format}, or leave --disable-gloo-process-groups out",
    .valid = "torch_dist",
    .source = kValidate,
    .fails = "--disable-gloo-process-groups --ckpt-format torch",
    .passes = "--disable-gloo-process-groups --ckpt-format torch_dist",
};

}  // namespace nam56r::dialect::rules
