#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kRelativePositions = {
    .code = "POLICY1363",
    .title = "Relative positions without Transformer Engine",
    .dests = {"position_embedding_type", "transformer_impl"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.Is("position_embedding_type", "relative") &&
                 !a.Is("transformer_impl", "transformer_engine");
        },
    .why = "adds relative positions to the scores in Transformer Engine only",
    .fix = "choose transformer_engine for {transformer_impl}",
    .valid = "rope|none",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--position-embedding-type relative --transformer-impl local",
    .passes = "--position-embedding-type relative",
};

}  // namespace nam56r::dialect::rules
