#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kUpcycledIsSaved = {
    .code = "POLICY2220",
    .title = "Upcycled experts that are not saved",
    .dests = {"moe_use_upcycling", "save"},
    .refuses = [](const Args& a,
                  const Args&) { return a.On("moe_use_upcycling") && a.IsNull("save"); },
    .why = "writes the experts it makes of a dense model",
    .fix = "give {save}",
    .valid = "false",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--moe-use-upcycling",
    .passes = "--moe-use-upcycling --save ckpt --save-interval 10",
};

}  // namespace nam56r::dialect::rules
