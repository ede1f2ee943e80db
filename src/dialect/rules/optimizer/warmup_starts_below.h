#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kWarmupStartsBelow = {
    .code = "POLICY2017",
    .title = "Warmup that starts above the learning rate",
    .dests = {"lr_warmup_init", "lr"},
    .refuses =
        [](const Args& a, const Args&) {
          return !a.IsNull("lr") && a.Number("lr_warmup_init") > a.Number("lr");
        },
    .why = "warms up from below the learning rate",
    .fix = "lower {lr_warmup_init}",
    .source = "optimizer_param_scheduler.py:OptimizerParamScheduler.__init__",
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args& a) -> std::vector<std::string> {
      return {"0 to " + a.Value("lr").dump()};
    },
    .fails = "--lr-warmup-init 1e-3",
    .passes = "--lr-warmup-init 1e-7",
};

}  // namespace nam56r::dialect::rules
