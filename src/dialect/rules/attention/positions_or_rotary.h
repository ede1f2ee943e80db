#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kPositionsOrRotary = {
    .code = "POLICY1334",
    .title = "No positions where they are learned",
    .dests = {"add_position_embedding", "position_embedding_type"},
    .refuses =
        [](const Args& a, const Args&) {
          return !a.On("add_position_embedding") && !a.Is("position_embedding_type", "rope");
        },
    .why = "knows --no-position-embedding as an old word for rotary embeddings only",
    .fix = "choose rope for {position_embedding_type}, or none without the old word",
    .valid = "rope",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--no-position-embedding --position-embedding-type none",
    .passes = "--position-embedding-type none",
};

}  // namespace nam56r::dialect::rules
