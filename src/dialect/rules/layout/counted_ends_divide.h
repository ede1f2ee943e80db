#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kCountedEndsDivide = {
    .code = "POLICY1068",
    .title = "Layers with embedding and loss that the virtual stages do not divide",
    .dests = {"num_virtual_stages_per_pipeline_rank", "account_for_embedding_in_pipeline_split",
              "account_for_loss_in_pipeline_split"},
    .refuses =
        [](const Args& a, const Args&) {
          const std::int64_t ends = (a.On("account_for_embedding_in_pipeline_split") ? 1 : 0) +
                                    (a.On("account_for_loss_in_pipeline_split") ? 1 : 0);
          const std::int64_t chunks = a.Int("num_virtual_stages_per_pipeline_rank");
          const std::int64_t layers = a.Int("num_layers") + ends;
          return ends > 0 && chunks > 0 && Pp(a) > 0 &&
                 (layers % Pp(a) != 0 || layers / Pp(a) % chunks != 0);
        },
    .why = "deals layers, embedding and loss to chunks of one size",
    .fix = "choose {num_virtual_stages_per_pipeline_rank} that divides the layers of a stage",
    .valid = "divisors of the layers of a stage",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails =
        "gpt !--num-layers-per-virtual-pipeline-stage --num-virtual-stages-per-pipeline-rank 4 "
        "--account-for-embedding-in-pipeline-split --account-for-loss-in-pipeline-split",
    .passes =
        "gpt !--num-layers-per-virtual-pipeline-stage --num-virtual-stages-per-pipeline-rank 3 "
        "--account-for-embedding-in-pipeline-split --account-for-loss-in-pipeline-split",
};

}  // namespace nam56r::dialect::rules
