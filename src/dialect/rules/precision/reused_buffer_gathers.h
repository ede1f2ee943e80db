#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kReusedBufferGathers = {
    .code = "POLICY1918",
    .title = "Reused gradient buffer without FP8 parameters",
    .dests = {"reuse_grad_buf_for_mxfp8_param_ag", "fp8_param_gather"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("reuse_grad_buf_for_mxfp8_param_ag") && !a.On("fp8_param_gather");
        },
    .why = "reuses the gradient buffer to gather parameters that are kept in mxfp8",
    .fix = "give {fp8_param_gather}, or leave {reuse_grad_buf_for_mxfp8_param_ag} out",
    .valid = "false",
    .source = "distributed_data_parallel_config.py:DistributedDataParallelConfig.__post_init__",
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails = "--reuse-grad-buf-for-mxfp8-param-ag",
    .passes = "",
};

}  // namespace nam56r::dialect::rules
