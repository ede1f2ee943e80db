#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kMainParamsWithoutOptimizer = {
    .code = "POLICY2206",
    .title = "Main parameters loaded beside their optimizer",
    .dests = {"load_main_params_from_ckpt", "no_load_optim"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("load_main_params_from_ckpt") && !a.On("no_load_optim");
        },
    .why = "takes main parameters from a checkpoint without its optimizer only",
    .fix = "give {no_load_optim}",
    .valid = "false",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--load-main-params-from-ckpt",
    .passes = "--load-main-params-from-ckpt --no-load-optim",
};

}  // namespace nam56r::dialect::rules
