#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kUnevenStagesOrPipes = {
    .code = "POLICY1203",
    .title = "Uneven stages told beside the '|' of a pattern",
    .dests = {"decoder_first_pipeline_num_layers", "decoder_last_pipeline_num_layers",
              "hybrid_layer_pattern"},
    .refuses =
        [](const Args& a, const Args&) {
          return Segments(a) > 1 && (!a.IsNull("decoder_first_pipeline_num_layers") ||
                                     !a.IsNull("decoder_last_pipeline_num_layers"));
        },
    .why = "takes the cuts from the '|' of the pattern where it has any",
    .fix = "leave {decoder_first_pipeline_num_layers} and {decoder_last_pipeline_num_layers} out",
    .valid = "not given",
    .source = kValidate,
    .releases = {.since = 17},
    .reach = Reach::kCommandLine,
    .fails =
        "--pipeline-model-parallel-size 2 --hybrid-layer-pattern MEM|E --decoder-first-"
        "pipeline-num-layers 3",
    .passes = "--pipeline-model-parallel-size 2 --hybrid-layer-pattern MEM|E",
};

}  // namespace nam56r::dialect::rules
