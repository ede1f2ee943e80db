#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kPositionsAreRotary = {
    .code = "POLICY1601",
    .dests = {"position_embedding_type", "mtp_num_layers"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("mtp_num_layers") && !a.Is("position_embedding_type", "rope") &&
                 !a.Is("position_embedding_type", "none");
        },
    .why = "predicts several tokens with rotary or no positions only",
    .fix = "choose rope or none",
    .valid = "rope|none",
    .source = kValidate,
    .reach = Reach::kCommandLine,
};

}  // namespace nam56r::dialect::rules
