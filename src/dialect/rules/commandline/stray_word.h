#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kStrayWord = {
    .code = "POLICY0907",
    .title = "A word that belongs to no flag",
    .dests = {},
    .refuses = [](const Args&,
                  const Args& raw) { return raw.Stops(ParseProblem::Kind::kStrayWord); },
    .why = "has no positional arguments: a word is a flag, or a value of the flag before it",
    .fix = "drop the word, or write the flag that it belongs to",
    .valid = "flags and their values",
    .source = kParse,
    .stage = Stage::kParse,
    .reach = Reach::kCommandLine,
    .fails = "--bf16 true",
    .passes = "--bf16",
    .problem = ParseProblem::Kind::kStrayWord,
};

}  // namespace nam56r::dialect::rules
