#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kSegmentsDivideOverStages = {
    .code = "PLAN1201",
    .title = "Pieces between '|' that the stages do not divide",
    .dests = {"hybrid_layer_pattern", "pipeline_model_parallel_size"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.minor() >= 17 && !a.Text("hybrid_layer_pattern").empty() && Pp(a) > 0 &&
                 !(Segments(a) == 1 && Pp(a) > 1) && Segments(a) % Pp(a) != 0;
        },
    .why = "deals the pieces between '|' to the stages, the same number to each",
    .fix = "cut the pattern into a multiple of {pipeline_model_parallel_size} pieces",
    .source = kValidate,
    .releases = {.since = 17},
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args& a) -> Values {
      return {std::to_string(Pp(a)) + " pieces", std::to_string(Product(2, Pp(a))) + " pieces",
              std::to_string(Product(3, Pp(a))) + " pieces"};
    },
    .fails = "--pipeline-model-parallel-size 2 --hybrid-layer-pattern ME|ME|ME",
    .passes = "--pipeline-model-parallel-size 2 --hybrid-layer-pattern ME|ME",
};

}  // namespace nam56r::dialect::rules
