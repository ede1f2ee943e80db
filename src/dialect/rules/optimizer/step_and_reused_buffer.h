#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kStepAndReusedBuffer = {
    .code = "POLICY2026",
    .title = "Optimizer step that overlaps a reused gradient buffer",
    .dests = {"overlap_param_gather_with_optimizer_step", "reuse_grad_buf_for_mxfp8_param_ag"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("overlap_param_gather_with_optimizer_step") &&
                 (a.On("reuse_grad_buf_for_mxfp8_param_ag") ||
                  (a.minor() >= 18 && EmergingOptimizer(a) &&
                   a.On("use_layer_wise_distributed_optimizer")));
        },
    .why = "gathers parameters during the step into a buffer of their own",
    .fix = "leave {overlap_param_gather_with_optimizer_step} out",
    .valid = "false",
    .source = kOptimizer,
    .stage = Stage::kBuild,
    .releases = {.since = 18},
    .reach = Reach::kCommandLine,
    .fails =
        "gpt --overlap-param-gather-with-optimizer-step --ckpt-format torch "
        "--reuse-grad-buf-for-mxfp8-param-ag --fp8-format hybrid --fp8-recipe mxfp8 "
        "--fp8-param-gather",
    .passes = "gpt --overlap-param-gather-with-optimizer-step --ckpt-format torch",
};

}  // namespace nam56r::dialect::rules
