#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kHelp = {
    .code = "POLICY0908",
    .title = "A command line that asks for help",
    .dests = {},
    .refuses = [](const Args&, const Args& raw) { return raw.Stops(ParseProblem::Kind::kHelp); },
    .why = "prints its arguments and ends",
    .fix = "drop the flag",
    .valid = "a command line without it",
    .source = kParse,
    .stage = Stage::kParse,
    .reach = Reach::kCommandLine,
    .fails = "--help",
    .passes = "--bf16",
    .problem = ParseProblem::Kind::kHelp,
};

}  // namespace nam56r::dialect::rules
