#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kWrongCount = {
    .code = "POLICY0903",
    .title = "A flag with fewer values than it takes",
    .dests = {},
    .refuses = [](const Args&,
                  const Args& raw) { return raw.Stops(ParseProblem::Kind::kWrongCount); },
    .why = "takes a fixed number of values for this flag",
    .fix = "write all of them",
    .valid = "as many values as the flag takes",
    .source = kParse,
    .stage = Stage::kParse,
    .reach = Reach::kCommandLine,
    .fails = "--rampup-batch-size 8 8",
    .passes = "--seq-length 4096",
    .problem = ParseProblem::Kind::kWrongCount,
};

}  // namespace nam56r::dialect::rules
