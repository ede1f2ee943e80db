#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kUpcyclingSaves = {
    .code = "POLICY1460",
    .title = "Upcycled experts that are not saved",
    .dests = {"moe_use_upcycling", "save"},
    .refuses = [](const Args& a,
                  const Args&) { return a.On("moe_use_upcycling") && a.IsNull("save"); },
    .why = "saves the model that it makes of a dense one",
    .fix = "give {save}",
    .valid = "false",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--moe-use-upcycling",
    .passes = "--moe-use-upcycling --save out --save-interval 10",
};

}  // namespace nam56r::dialect::rules
