#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kUnevenStagesOrPipes = {
    .code = "POLICY1203",
    .dests = {"decoder_first_pipeline_num_layers", "decoder_last_pipeline_num_layers",
              "hybrid_layer_pattern"},
    .refuses =
        [](const Args& a, const Args&) {
          return Segments(a) > 1 && (!a.IsNull("decoder_first_pipeline_num_layers") ||
                                     !a.IsNull("decoder_last_pipeline_num_layers"));
        },
    .why = "takes the cuts from the '|' of the pattern where it has any",
    .fix = "leave it out, or the '|'",
    .valid = "not given",
    .source = kValidate,
    .releases = {.since = 17},
    .reach = Reach::kCommandLine,
};

}  // namespace nam56r::dialect::rules
