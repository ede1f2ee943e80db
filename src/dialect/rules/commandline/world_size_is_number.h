#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kWorldSizeIsNumber = {
    .code = "POLICY0910",
    .title = "A world size that is no number",
    .dests = {"env:WORLD_SIZE"},
    .refuses = [](const Args& a, const Args&) { return !NumberOrUnset(a, "WORLD_SIZE"); },
    .why = "reads it as a whole number when it has parsed the command line",
    .fix = "leave it to the launcher",
    .valid = "a whole number",
    .source = kParse,
    .stage = Stage::kParse,
    .reach = Reach::kCommandLine,
    .fails = "WORLD_SIZE=all",
    .passes = "WORLD_SIZE=7",
};

}  // namespace nam56r::dialect::rules
