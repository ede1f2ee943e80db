#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kInfillingAndOldTokenizers = {
    .code = "POLICY2275",
    .title = "Fill in the middle with an old tokenizer",
    .dests = {"fim_data", "legacy_tokenizer"},
    .refuses = [](const Args& a,
                  const Args&) { return a.On("fim_data") && a.On("legacy_tokenizer"); },
    .why = "has no tokens for filling in the middle in old tokenizers",
    .fix = "leave {legacy_tokenizer} out",
    .valid = "false",
    .source = kValidate,
    .releases = {.until = 16},
    .reach = Reach::kCommandLine,
    .fails = "!--mock-data --data-path corpus --fim-data --legacy-tokenizer",
    .passes = "!--mock-data --data-path corpus --fim-data",
};

}  // namespace nam56r::dialect::rules
