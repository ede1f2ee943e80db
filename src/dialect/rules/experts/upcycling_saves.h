#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kUpcyclingSaves = {
    .code = "POLICY1438",
    .title = "Upcycling that saves nothing",
    .dests = {"moe_use_upcycling", "save"},
    .refuses = [](const Args& a,
                  const Args&) { return a.On("moe_use_upcycling") && a.IsNull("save"); },
    .why = "writes the experts that it makes of a dense checkpoint",
    .fix = "give {save}",
    .valid = "false",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--moe-use-upcycling",
    .passes = "--moe-use-upcycling --save checkpoints --save-interval 10",
};

}  // namespace nam56r::dialect::rules
