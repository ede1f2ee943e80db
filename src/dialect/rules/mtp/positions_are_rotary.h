#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kPositionsAreRotary = {
    .code = "POLICY1601",
    .title = "Multi-token prediction with learned positions",
    .dests = {"position_embedding_type", "mtp_num_layers"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("mtp_num_layers") && !a.Is("position_embedding_type", "rope") &&
                 !a.Is("position_embedding_type", "none");
        },
    .why = "predicts several tokens with rotary or no positions only",
    .fix = "choose rope or none for {position_embedding_type}",
    .valid = "rope|none",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "gpt --mtp-num-layers 1 !--position-embedding-type",
    .passes = "gpt --mtp-num-layers 1",
};

}  // namespace nam56r::dialect::rules
