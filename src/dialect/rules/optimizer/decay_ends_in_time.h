#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kDecayEndsInTime = {
    .code = "POLICY2023",
    .title = "Decay that is longer than the training",
    .dests = {"lr_decay_iters", "train_iters"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.Int("train_iters") > 0 && a.Int("lr_decay_iters") > a.Int("train_iters") &&
                 !a.Is("lr_decay_style", "constant");
        },
    .why = "stops before the learning rate has come down to --min-lr",
    .fix = "shorten {lr_decay_iters}",
    .source = "optimizer_param_scheduler.py:OptimizerParamScheduler.__init__",
    .stage = Stage::kRun,
    .severity = base::Severity::kNote,
    .valid_of = [](const Args& a) -> std::vector<std::string> {
      return {"at most " + std::to_string(a.Int("train_iters"))};
    },
    .fails = "--lr-decay-iters 1000",
    .passes = "--lr-decay-iters 20",
};

}  // namespace nam56r::dialect::rules
