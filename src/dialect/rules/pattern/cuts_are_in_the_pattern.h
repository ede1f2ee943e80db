#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kCutsAreInThePattern = {
    .code = "POLICY1202",
    .title = "Cuts told beside the '|' of a pattern",
    .dests = {"num_layers_per_virtual_pipeline_stage", "num_virtual_stages_per_pipeline_rank",
              "pipeline_model_parallel_layout", "account_for_embedding_in_pipeline_split",
              "account_for_loss_in_pipeline_split", "hybrid_layer_pattern"},
    .refuses =
        [](const Args& a, const Args&) {
          if (a.IsNull("hybrid_layer_pattern")) return false;
          return !a.IsNull("num_layers_per_virtual_pipeline_stage") ||
                 !a.IsNull("num_virtual_stages_per_pipeline_rank") ||
                 !a.IsNull("pipeline_model_parallel_layout") ||
                 a.On("account_for_embedding_in_pipeline_split") ||
                 a.On("account_for_loss_in_pipeline_split");
        },
    .why = "takes the cuts of a hybrid model from the '|' of its pattern alone",
    .fix = "write '|' into {hybrid_layer_pattern} instead",
    .valid = "not given",
    .source = kValidate,
    .releases = {.since = 17},
    .reach = Reach::kCommandLine,
    .fails =
        "--pipeline-model-parallel-size 2 --hybrid-layer-pattern MEMEMEME --num-layers-per-"
        "virtual-pipeline-stage 2",
    .passes = "--pipeline-model-parallel-size 2 --hybrid-layer-pattern ME|ME|ME|ME",
};

}  // namespace nam56r::dialect::rules
