#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kLoadsWhatIsEmptied = {
    .code = "POLICY2224",
    .title = "Checkpoint directory that the launcher empties",
    .dests = {"load", "save"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.surroundings().emptied.contains(a.Text("load")) ||
                 a.surroundings().emptied.contains(a.Text("save"));
        },
    .why =
        "finds nothing to load where the launcher has just removed everything, and trains from the "
        "first step again",
    .fix = "load another directory, or empty none",
    .valid = "a directory that the launcher keeps",
    .source = "DatasunriseOU/cppmega: rm -rf CKPT_DIR before --load CKPT_DIR",
    .stage = Stage::kRun,
    .reach = Reach::kCommandLine,
    .fails = "--load ckpt --save ckpt --save-interval 10 rm:ckpt",
    .passes = "--load ckpt --save ckpt --save-interval 10",
};

}  // namespace nam56r::dialect::rules
