#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOnePattern = {
    .code = "PLAN1260",
    .title = "Pattern told under both of its names",
    .dests = {"hybrid_layer_pattern", "hybrid_override_pattern"},
    .refuses =
        [](const Args&, const Args& raw) {
          return !raw.IsNull("hybrid_layer_pattern") && !raw.IsNull("hybrid_override_pattern");
        },
    .why = "takes the pattern under one of its names",
    .fix = "leave --hybrid-override-pattern, the old name, out",
    .valid = "not given",
    .source = kValidate,
    .releases = {.since = 17},
    .reach = Reach::kCommandLine,
    .fails = "--hybrid-override-pattern MEM",
    .passes = "--num-layers 52",
};

}  // namespace nam56r::dialect::rules
