#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

// Of a command line the parser's own rules say it: POLICY0902 at the flag.
inline constexpr ArgumentRule kBeginsWithDash = {
    .code = "PLAN1204",
    .title = "A pattern that begins with '-'",
    .dests = {"hybrid_layer_pattern", "hybrid_override_pattern"},
    .refuses =
        [](const Args&, const Args& raw) {
          for (std::string_view dest : {"hybrid_layer_pattern", "hybrid_override_pattern"}) {
            if (raw.Given(dest) && raw.IsNull(dest)) return true;
          }
          return false;
        },
    .why = "reads a pattern that begins with '-' as another flag",
    .fix =
        "begin the pattern with another layer than '-', or write flag and pattern as one word with "
        "'='",
    .valid = "patterns that begin with another symbol than '-'",
    .source = "arguments.py:parse_args",
    .stage = Stage::kParse,
    .reach = Reach::kContract,
    .fails = "--hybrid-layer-pattern -MEM",
    .passes = "--hybrid-layer-pattern M-EM",
};

}  // namespace nam56r::dialect::rules
