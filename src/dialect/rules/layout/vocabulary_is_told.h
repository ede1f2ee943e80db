#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kVocabularyIsTold = {
    .code = "PLAN1032",
    .title = "A vocabulary that nobody knows",
    .dests = {"vocab_size", "tokenizer_type"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.Is("tokenizer_type", "NullTokenizer") && a.Int("vocab_size") <= 0 &&
                 a.IsNull("padded_vocab_size");
        },
    .why = "asks the tokenizer for the size of the vocabulary, and this one has none of its own",
    .fix = "give {vocab_size}",
    .source = "build_tokenizer.py:build_tokenizer",
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args&) -> Values { return AtLeast(1); },
    .fails = "!--vocab-size",
    .passes = "--vocab-size 32768",
};

}  // namespace nam56r::dialect::rules
