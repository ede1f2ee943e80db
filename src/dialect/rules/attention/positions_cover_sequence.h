#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kPositionsCoverSequence = {
    .code = "POLICY1304",
    .dests = {"max_position_embeddings", "seq_length"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.IsNull("max_position_embeddings") ||
                 a.Int("max_position_embeddings") < a.Int("seq_length");
        },
    .why = "wants positions for the whole sequence",
    .fix = "set {max_position_embeddings} to {seq_length} or more",
    .valid = "the sequence length and more",
    .source = kValidate,
    .reach = Reach::kCommandLine,
};

}  // namespace nam56r::dialect::rules
