#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kMissingValue = {
    .code = "POLICY0902",
    .title = "A flag without its value",
    .dests = {},
    .refuses = [](const Args&,
                  const Args& raw) { return raw.Stops(ParseProblem::Kind::kMissingValue); },
    .why =
        "expects a value behind the flag; a word that begins with '-' is none unless it is a plain "
        "negative number",
    .fix = "write the value behind the flag, or --flag=VALUE where it begins with '-'",
    .valid = "a value",
    .source = kParse,
    .stage = Stage::kParse,
    .reach = Reach::kCommandLine,
    .fails = "--lr -1e-5",
    .passes = "--lr 1e-5",
    .problem = ParseProblem::Kind::kMissingValue,
};

}  // namespace nam56r::dialect::rules
