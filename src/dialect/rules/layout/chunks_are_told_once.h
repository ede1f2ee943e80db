#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kChunksAreToldOnce = {
    .code = "POLICY1009",
    .title = "Virtual stages told in more ways than one",
    .dests = {"num_virtual_stages_per_pipeline_rank", "num_layers_per_virtual_pipeline_stage",
              "pipeline_model_parallel_layout"},
    .refuses =
        [](const Args& a, const Args&) {
          const int ways = (a.IsNull("num_layers_per_virtual_pipeline_stage") ? 0 : 1) +
                           (a.IsNull("num_virtual_stages_per_pipeline_rank") ? 0 : 1) +
                           (a.IsNull("pipeline_model_parallel_layout") ? 0 : 1);
          return ways > 1;
        },
    .why = "is told the chunks in one way only",
    .fix =
        "leave {num_virtual_stages_per_pipeline_rank} or "
        "{num_layers_per_virtual_pipeline_stage} out",
    .valid = "not given",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "gpt --num-virtual-stages-per-pipeline-rank 2",
    .passes =
        "gpt --num-virtual-stages-per-pipeline-rank 2 !--num-layers-per-virtual-pipeline-"
        "stage",
};

}  // namespace nam56r::dialect::rules
