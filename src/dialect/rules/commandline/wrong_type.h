#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kWrongType = {
    .code = "POLICY0905",
    .title = "A value that is not of its flag's type",
    .dests = {},
    .refuses = [](const Args&,
                  const Args& raw) { return raw.Stops(ParseProblem::Kind::kWrongType); },
    .why = "converts the value before it looks at anything else",
    .fix = "write a value of the type",
    .valid = "values of the flag's type",
    .source = kParse,
    .stage = Stage::kParse,
    .reach = Reach::kCommandLine,
    .fails = "--micro-batch-size 4.0",
    .passes = "--micro-batch-size 4",
    .problem = ParseProblem::Kind::kWrongType,
};

}  // namespace nam56r::dialect::rules
