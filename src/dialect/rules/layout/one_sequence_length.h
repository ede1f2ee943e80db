#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOneSequenceLength = {
    .code = "POLICY1028",
    .title = "Two lengths of sequences",
    .dests = {"encoder_seq_length", "seq_length"},
    .refuses =
        [](const Args&, const Args& raw) {
          return !raw.IsNull("seq_length") && !raw.IsNull("encoder_seq_length");
        },
    .why = "copies one length of sequences to the other and takes one of them only",
    .fix = "leave {encoder_seq_length} out",
    .valid = "not given",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--encoder-seq-length 4096",
    .passes = "",
};

}  // namespace nam56r::dialect::rules
