#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kUnexpectedValue = {
    .code = "POLICY0904",
    .title = "A value for a flag that takes none",
    .dests = {},
    .refuses = [](const Args&,
                  const Args& raw) { return raw.Stops(ParseProblem::Kind::kUnexpectedValue); },
    .why = "takes no value for this flag: its presence is the value",
    .fix = "write the flag alone",
    .valid = "the flag alone",
    .source = kParse,
    .stage = Stage::kParse,
    .reach = Reach::kCommandLine,
    .fails = "--bf16=true",
    .passes = "--bf16",
    .problem = ParseProblem::Kind::kUnexpectedValue,
};

}  // namespace nam56r::dialect::rules
