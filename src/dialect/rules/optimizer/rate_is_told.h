#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kRateIsTold = {
    .code = "POLICY2021",
    .title = "Training without a learning rate",
    .dests = {"lr"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.IsNull("lr") && a.Given("train_iters") && !a.On("skip_train");
        },
    .why = "has no learning rate of its own",
    .fix = "give {lr}",
    .valid = "above 0",
    .source = "optimizer_param_scheduler.py:OptimizerParamScheduler.__init__",
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails = "!--lr !--min-lr",
    .passes = "",
};

}  // namespace nam56r::dialect::rules
