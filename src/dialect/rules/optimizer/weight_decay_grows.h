#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kWeightDecayGrows = {
    .code = "POLICY2019",
    .title = "Weight decay that starts above its end",
    .dests = {"start_weight_decay", "end_weight_decay", "weight_decay"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.Number("start_weight_decay") < 0 ||
                 (!a.IsNull("start_weight_decay") && !a.IsNull("end_weight_decay") &&
                  a.Number("end_weight_decay") < a.Number("start_weight_decay"));
        },
    .why = "lets the weight decay grow from 0 and more",
    .fix = "swap the two",
    .valid = "0.0",
    .source = "optimizer_param_scheduler.py:OptimizerParamScheduler.__init__",
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails = "--weight-decay-incr-style linear --start-weight-decay 0.1 --end-weight-decay 0.01",
    .passes = "--weight-decay-incr-style linear --start-weight-decay 0.01 --end-weight-decay 0.1",
};

}  // namespace nam56r::dialect::rules
