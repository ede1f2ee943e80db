#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kLayoutStandsAlone = {
    .code = "POLICY1022",
    .title = "A pipeline layout beside other cuts",
    .dests = {"pipeline_model_parallel_layout", "decoder_first_pipeline_num_layers",
              "decoder_last_pipeline_num_layers", "account_for_embedding_in_pipeline_split",
              "account_for_loss_in_pipeline_split"},
    .refuses =
        [](const Args& a, const Args&) {
          return !a.IsNull("pipeline_model_parallel_layout") &&
                 (!a.IsNull("decoder_first_pipeline_num_layers") ||
                  !a.IsNull("decoder_last_pipeline_num_layers") ||
                  a.On("account_for_embedding_in_pipeline_split") ||
                  a.On("account_for_loss_in_pipeline_split"));
        },
    .why = "takes the cuts of a layout from the layout alone",
    .fix = "leave the other arguments out",
    .valid = "not given",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails =
        "gpt --pipeline-model-parallel-layout Et*8|t*8L --account-for-loss-in-pipeline-split "
        "!--num-layers-per-virtual-pipeline-stage",
    .passes =
        "gpt --pipeline-model-parallel-layout Et*8|t*8L !--num-layers-per-virtual-pipeline-"
        "stage",
};

}  // namespace nam56r::dialect::rules
