#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kStagesDividePattern = {
    .code = "PLAN1212",
    .title = "A pattern without cuts that the stages do not divide",
    .dests = {"pipeline_model_parallel_size", "hybrid_layer_pattern"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.minor() >= 17 && !a.Text("hybrid_layer_pattern").empty() && Segments(a) == 1 &&
                 Pp(a) > 1 && a.IsNull("decoder_first_pipeline_num_layers") &&
                 a.IsNull("decoder_last_pipeline_num_layers") &&
                 LayersOfPattern(a.Text("hybrid_layer_pattern")) % Pp(a) != 0;
        },
    .why =
        "deals a pattern without '|' to the stages, the same number of layers to each, and "
        "stops while every rank builds its own",
    .fix =
        "write '|' into {hybrid_layer_pattern} where the stages end, or choose a divisor of "
        "its layers",
    .source = "hybrid_layer_allocation.py:select_pipeline_segment",
    .stage = Stage::kBuild,
    .releases = {.since = 17},
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args& a) -> Values {
      return DivisorsOf(LayersOfPattern(a.Text("hybrid_layer_pattern")));
    },
    .fails = "--pipeline-model-parallel-size 2 --hybrid-layer-pattern MEMEM",
    .passes = "--pipeline-model-parallel-size 2 --hybrid-layer-pattern MEM|EM",
};

}  // namespace nam56r::dialect::rules
