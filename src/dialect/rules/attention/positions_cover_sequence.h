#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kPositionsCoverSequence = {
    .code = "POLICY1304",
    .title = "Positions that end before the sequence",
    .dests = {"max_position_embeddings", "seq_length"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.IsNull("max_position_embeddings") ||
                 a.Int("max_position_embeddings") < a.Int("seq_length");
        },
    .why = "wants positions for the whole sequence",
    .fix = "set {max_position_embeddings} to {seq_length} or more",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args& a) -> Values { return AtLeast(a.Int("seq_length")); },
    .fails = "--max-position-embeddings 2048",
    .passes = "--max-position-embeddings 8192",
};

}  // namespace nam56r::dialect::rules
