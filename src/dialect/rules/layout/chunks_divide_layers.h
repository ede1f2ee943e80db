#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kChunksDivideLayers = {
    .code = "POLICY1015",
    .dests = {"num_layers_per_virtual_pipeline_stage", "pipeline_model_parallel_size"},
    .refuses =
        [](const Args& a, const Args&) {
          const std::int64_t each = a.Int("num_layers_per_virtual_pipeline_stage");
          if (each <= 0 || Pp(a) <= 0 || !a.IsNull("num_virtual_stages_per_pipeline_rank")) {
            return false;
          }
          std::int64_t layers = a.Int("num_layers");
          if (a.On("account_for_embedding_in_pipeline_split")) ++layers;
          if (a.On("account_for_loss_in_pipeline_split")) ++layers;
          return layers % Pp(a) != 0 || layers / Pp(a) % each != 0;
        },
    .why = "deals the layers to chunks of one size",
    .fix = "choose a divisor of the layers of a stage",
    .valid = "divisors of the layers of a stage",
    .source = kValidate,
    .reach = Reach::kCommandLine,
};

}  // namespace nam56r::dialect::rules
