#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kNotAChoice = {
    .code = "POLICY0906",
    .title = "A value that is not among a flag's choices",
    .dests = {},
    .refuses = [](const Args&,
                  const Args& raw) { return raw.Stops(ParseProblem::Kind::kNotAChoice); },
    .why = "takes one of a fixed list",
    .fix = "choose one of them",
    .valid = "the flag's choices",
    .source = kParse,
    .stage = Stage::kParse,
    .reach = Reach::kCommandLine,
    .fails = "--position-embedding-type alibi",
    .passes = "--position-embedding-type rope",
    .problem = ParseProblem::Kind::kNotAChoice,
};

}  // namespace nam56r::dialect::rules
