#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kStagesDivideLayers = {
    .code = "POLICY1008",
    .dests = {"pipeline_model_parallel_size", "hybrid_override_pattern"},
    .refuses =
        [](const Args& a, const Args&) {
          const bool by_hand = !a.IsNull("pipeline_model_parallel_layout") ||
                               !a.IsNull("decoder_first_pipeline_num_layers") ||
                               !a.IsNull("decoder_last_pipeline_num_layers") ||
                               !a.IsNull("num_virtual_stages_per_pipeline_rank");
          if (by_hand || Pp(a) <= 0 || a.IsNull("num_layers")) return false;
          if (a.minor() >= 17 && !a.Text("hybrid_layer_pattern").empty()) return false;
          std::int64_t layers = a.Int("num_layers");
          if (a.On("account_for_embedding_in_pipeline_split")) ++layers;
          if (a.On("account_for_loss_in_pipeline_split")) ++layers;
          return layers % Pp(a) != 0;
        },
    .why = "deals the layers to the stages, the same number to each",
    .fix = "choose a divisor of the number of layers",
    .valid = "divisors of the number of layers",
    .source = kValidate,
};

}  // namespace nam56r::dialect::rules
