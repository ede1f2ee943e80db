#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kUnevenOrCountedEnds = {
    .code = "POLICY1067",
    .title = "Ends of the pipeline told by hand and counted as layers",
    .dests = {"decoder_first_pipeline_num_layers", "decoder_last_pipeline_num_layers",
              "account_for_embedding_in_pipeline_split", "account_for_loss_in_pipeline_split"},
    .refuses =
        [](const Args& a, const Args&) {
          return (!a.IsNull("decoder_first_pipeline_num_layers") ||
                  !a.IsNull("decoder_last_pipeline_num_layers")) &&
                 (a.On("account_for_embedding_in_pipeline_split") ||
                  a.On("account_for_loss_in_pipeline_split"));
        },
    .why = "sizes the first and the last stage by hand, or counts embedding and loss as layers",
    .fix = "keep one of them",
    .valid = "not given",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails =
        "gpt !--num-layers-per-virtual-pipeline-stage --decoder-first-pipeline-num-layers 7 "
        "--account-for-loss-in-pipeline-split",
    .passes = "gpt !--num-layers-per-virtual-pipeline-stage --decoder-first-pipeline-num-layers 7",
};

}  // namespace nam56r::dialect::rules
