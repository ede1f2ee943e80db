#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kRankIsNumber = {
    .code = "POLICY0913",
    .title = "A rank that is no number",
    .dests = {"env:RANK"},
    .refuses = [](const Args& a, const Args&) { return !NumberOrUnset(a, "RANK"); },
    .why = "reads it as a whole number when it has parsed the command line",
    .fix = "leave it to the launcher",
    .valid = "a whole number",
    .source = kParse,
    .stage = Stage::kParse,
    .reach = Reach::kCommandLine,
    .fails = "RANK=all",
    .passes = "RANK=7",
};

}  // namespace nam56r::dialect::rules
