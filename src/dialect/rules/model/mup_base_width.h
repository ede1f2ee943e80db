#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kMupBaseWidth = {
    .code = "PLAN2906",
    .title = "Width of the model that learning rates were tuned for",
    .dests = {"mup_base_hidden_size", "use_mup"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("use_mup") && !a.IsNull("mup_base_hidden_size") &&
                 a.Int("mup_base_hidden_size") <= 0;
        },
    .why = "scales by the width of the base model, which must be above 0",
    .fix = "write the width of the base model",
    .valid = "1 and more",
    .source = kConfig,
    .stage = Stage::kBuild,
    .releases = {.since = 17},
    .reach = Reach::kCommandLine,
    .fails = "--use-mup --mup-base-hidden-size 0",
    .passes = "--use-mup --mup-base-hidden-size 1024",
};

}  // namespace nam56r::dialect::rules
