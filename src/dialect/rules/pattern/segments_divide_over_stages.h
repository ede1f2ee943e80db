#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kSegmentsDivideOverStages = {
    .code = "PLAN1201",
    .dests = {"hybrid_layer_pattern", "pipeline_model_parallel_size"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.minor() >= 17 && !a.Text("hybrid_layer_pattern").empty() && Pp(a) > 0 &&
                 !(Segments(a) == 1 && Pp(a) > 1) && Segments(a) % Pp(a) != 0;
        },
    .why = "deals the pieces between '|' to the stages, the same number to each",
    .fix = "cut the pattern into a multiple of {pipeline_model_parallel_size} pieces",
    .valid = "patterns of as many pieces as chunks",
    .source = kValidate,
    .releases = {.since = 17},
    .reach = Reach::kCommandLine,
};

}  // namespace nam56r::dialect::rules
