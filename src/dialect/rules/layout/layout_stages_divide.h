#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/pipeline_layout.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kLayoutStagesDivide = {
    .code = "POLICY1019",
    .title = "A pipeline layout whose stages PP does not divide",
    .dests = {"pipeline_model_parallel_layout", "pipeline_model_parallel_size"},
    .refuses =
        [](const Args& a, const Args&) {
          const auto stages = KnownLayout(a);
          return stages.has_value() && Pp(a) > 0 &&
                 static_cast<std::int64_t>(stages->size()) % Pp(a) != 0;
        },
    .why = "deals the pieces of the layout to the stages, the same number to each",
    .fix =
        "cut {pipeline_model_parallel_layout} into a multiple of "
        "{pipeline_model_parallel_size} pieces",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args& a) -> Values {
      return {std::to_string(Pp(a)) + " pieces", std::to_string(Product(2, Pp(a))) + " pieces",
              std::to_string(Product(3, Pp(a))) + " pieces"};
    },
    .fails =
        "gpt --pipeline-model-parallel-layout Et*5|t*5|t*6L !--num-layers-per-virtual-"
        "pipeline-stage",
    .passes =
        "gpt --pipeline-model-parallel-layout Et*4|t*4|t*4|t*4L !--num-layers-per-virtual-"
        "pipeline-stage",
};

}  // namespace nam56r::dialect::rules
