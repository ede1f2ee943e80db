#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOnePattern = {
    .code = "POLICY1221",
    .title = "Two patterns",
    .dests = {"hybrid_override_pattern", "hybrid_layer_pattern"},
    .refuses =
        [](const Args&, const Args& raw) {
          return !raw.IsNull("hybrid_override_pattern") && !raw.IsNull("hybrid_layer_pattern");
        },
    .why = "has a new name for the pattern and takes one of the two",
    .fix = "leave {hybrid_override_pattern} out",
    .valid = "not given",
    .source = kValidate,
    .releases = {.since = 17},
    .reach = Reach::kCommandLine,
    .fails = "--hybrid-override-pattern MEME",
    .passes = "!--hybrid-layer-pattern --hybrid-override-pattern MEME",
};

}  // namespace nam56r::dialect::rules
