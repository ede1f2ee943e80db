#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kStableDecayIsTold = {
    .code = "POLICY2018",
    .title = "WSD without the length of its decay",
    .dests = {"lr_wsd_decay_iters", "lr_wsd_decay_samples", "lr_decay_style"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.Is("lr_decay_style", "WSD") && a.IsNull("lr_wsd_decay_iters") &&
                 a.IsNull("lr_wsd_decay_samples");
        },
    .why = "decays in the WSD style over a number of steps that is given",
    .fix = "give {lr_wsd_decay_iters}",
    .valid = "1 and more",
    .source = "optimizer_param_scheduler.py:OptimizerParamScheduler.__init__",
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails = "--lr-decay-style WSD",
    .passes = "--lr-decay-style WSD --lr-wsd-decay-iters 5",
};

}  // namespace nam56r::dialect::rules
