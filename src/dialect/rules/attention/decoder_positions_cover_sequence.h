#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kDecoderPositionsCoverSequence = {
    .code = "POLICY1335",
    .title = "Positions that end before the sequence of the decoder",
    .dests = {"max_position_embeddings", "decoder_seq_length"},
    .refuses =
        [](const Args& a, const Args&) {
          return !a.IsNull("decoder_seq_length") &&
                 a.Int("max_position_embeddings") < a.Int("decoder_seq_length");
        },
    .why = "wants positions for the whole sequence of the decoder",
    .fix = "set {max_position_embeddings} to {decoder_seq_length} or more",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args& a) -> Values { return AtLeast(a.Int("decoder_seq_length")); },
    .fails = "--decoder-seq-length 8192",
    .passes = "--decoder-seq-length 4096",
};

}  // namespace nam56r::dialect::rules
