#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kUnevenStagesCountChunks = {
    .code = "POLICY1017",
    .title = "Uneven stages with a size of virtual stages",
    .dests = {"num_layers_per_virtual_pipeline_stage", "decoder_first_pipeline_num_layers",
              "decoder_last_pipeline_num_layers"},
    .refuses =
        [](const Args& a, const Args&) {
          return !a.IsNull("num_layers_per_virtual_pipeline_stage") &&
                 a.IsNull("num_virtual_stages_per_pipeline_rank") &&
                 a.IsNull("pipeline_model_parallel_layout") &&
                 (!a.IsNull("decoder_first_pipeline_num_layers") ||
                  !a.IsNull("decoder_last_pipeline_num_layers"));
        },
    .why = "cuts stages of several sizes into a number of chunks, not into chunks of one size",
    .fix = "give {num_virtual_stages_per_pipeline_rank} instead",
    .valid = "not given",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "gpt --decoder-first-pipeline-num-layers 6",
    .passes =
        "gpt --decoder-first-pipeline-num-layers 6 --num-virtual-stages-per-pipeline-rank 2 !"
        "--num-layers-per-virtual-pipeline-stage",
};

}  // namespace nam56r::dialect::rules
