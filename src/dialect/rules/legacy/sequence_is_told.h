#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kSequenceIsTold = {
    .code = "POLICY2814",
    .title = "A model without a length of sequences",
    .dests = {"seq_length", "encoder_seq_length"},
    .refuses =
        [](const Args&, const Args& raw) {
          return raw.IsNull("encoder_seq_length") && raw.IsNull("seq_length");
        },
    .why = "is not told how long a sequence is",
    .fix = "give {seq_length}",
    .valid = "1 and more",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "!--seq-length",
    .passes = "--seq-length 4096",
};

}  // namespace nam56r::dialect::rules
