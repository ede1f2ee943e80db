#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOneScheduleToFollow = {
    .code = "POLICY2020",
    .title = "Schedule of the command line and of the checkpoint",
    .dests = {"override_opt_param_scheduler", "use_checkpoint_opt_param_scheduler"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("override_opt_param_scheduler") && a.On("use_checkpoint_opt_param_scheduler");
        },
    .why = "follows the schedule of the command line or that of the checkpoint",
    .fix = "keep one of them",
    .valid = "false",
    .source = "optimizer_param_scheduler.py:OptimizerParamScheduler.__init__",
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails = "--override-opt-param-scheduler --use-checkpoint-opt-param-scheduler",
    .passes = "--override-opt-param-scheduler",
};

}  // namespace nam56r::dialect::rules
