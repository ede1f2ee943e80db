#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kDecoderSequence = {
    .code = "POLICY2815",
    .title = "Sequence of a decoder beyond its positions",
    .dests = {"decoder_seq_length", "max_position_embeddings"},
    .refuses =
        [](const Args& a, const Args&) {
          return !a.IsNull("decoder_seq_length") &&
                 a.Int("max_position_embeddings") < a.Int("decoder_seq_length");
        },
    .why = "wants positions for the whole sequence of the decoder",
    .fix = "leave {decoder_seq_length} out",
    .valid = "not given",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--decoder-seq-length 8192",
    .passes = "--decoder-seq-length 4096",
};

}  // namespace nam56r::dialect::rules
