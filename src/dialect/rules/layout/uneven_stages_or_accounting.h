#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kUnevenStagesOrAccounting = {
    .code = "POLICY1023",
    .title = "Uneven stages beside stages that count embedding and loss",
    .dests = {"account_for_embedding_in_pipeline_split", "account_for_loss_in_pipeline_split",
              "decoder_first_pipeline_num_layers", "decoder_last_pipeline_num_layers"},
    .refuses =
        [](const Args& a, const Args&) {
          return (a.On("account_for_embedding_in_pipeline_split") ||
                  a.On("account_for_loss_in_pipeline_split")) &&
                 (!a.IsNull("decoder_first_pipeline_num_layers") ||
                  !a.IsNull("decoder_last_pipeline_num_layers"));
        },
    .why = "sizes the first and the last stage in one way only",
    .fix = "keep the sizes or the counting",
    .valid = "false",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails =
        "gpt --decoder-first-pipeline-num-layers 6 --account-for-loss-in-pipeline-split !--"
        "num-layers-per-virtual-pipeline-stage",
    .passes = "gpt --decoder-first-pipeline-num-layers 6 !--num-layers-per-virtual-pipeline-stage",
};

}  // namespace nam56r::dialect::rules
