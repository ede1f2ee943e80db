#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kUnknownFlag = {
    .code = "POLICY0901",
    .title = "A flag that the release does not have",
    .dests = {},
    .refuses = [](const Args&,
                  const Args& raw) { return raw.Stops(ParseProblem::Kind::kUnknownFlag); },
    .why = "has no such flag; it takes no abbreviation and no flag of another release",
    .fix = "write the release's own flag, in full, or drop it",
    .valid = "the flags of the release",
    .source = kParse,
    .stage = Stage::kParse,
    .reach = Reach::kCommandLine,
    .fails = "--micro-batch 4",
    .passes = "--micro-batch-size 4",
    .problem = ParseProblem::Kind::kUnknownFlag,
};

}  // namespace nam56r::dialect::rules
