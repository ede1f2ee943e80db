#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kPositionsAreNamed = {
    .code = "POLICY1362",
    .title = "Positions switched off by their old flag",
    .dests = {"add_position_embedding", "position_embedding_type"},
    .refuses =
        [](const Args& a, const Args&) {
          return !a.On("add_position_embedding") && !a.Is("position_embedding_type", "rope");
        },
    .why =
        "takes --no-position-embedding with rotary embeddings only, which it does not switch off",
    .fix = "leave {add_position_embedding} out and choose none for {position_embedding_type}",
    .valid = "not given",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--position-embedding-type none --no-position-embedding",
    .passes = "--position-embedding-type none",
};

}  // namespace nam56r::dialect::rules
