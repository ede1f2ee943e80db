#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kEncoderSequence = {
    .code = "POLICY2813",
    .title = "Sequence of an encoder beside that of the model",
    .dests = {"encoder_seq_length", "seq_length"},
    .refuses =
        [](const Args&, const Args& raw) {
          return !raw.IsNull("encoder_seq_length") && !raw.IsNull("seq_length");
        },
    .why = "takes the length of a sequence under one name",
    .fix = "leave {encoder_seq_length} out",
    .valid = "not given",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--encoder-seq-length 4096",
    .passes = "--seq-length 4096",
};

}  // namespace nam56r::dialect::rules
