#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

inline bool StagesShareUnevenly(const Args& a) {
  const bool by_hand = !a.IsNull("pipeline_model_parallel_layout") ||
                       !a.IsNull("decoder_first_pipeline_num_layers") ||
                       !a.IsNull("decoder_last_pipeline_num_layers") ||
                       !a.IsNull("num_virtual_stages_per_pipeline_rank");
  if (by_hand || Pp(a) <= 0 || a.IsNull("num_layers")) return false;
  if (a.minor() >= 17 && !a.Text("hybrid_layer_pattern").empty()) return false;
  return DealtLayers(a) % Pp(a) != 0;
}

inline constexpr ArgumentRule kStagesDivideLayers = {
    .code = "POLICY1008",
    .title = "Layers that the stages do not divide",
    .dests = {"pipeline_model_parallel_size", "num_layers", "hybrid_override_pattern"},
    .refuses = [](const Args& a, const Args&) { return StagesShareUnevenly(a); },
    .why = "deals the layers to the stages, the same number to each",
    .fix =
        "choose a divisor of the number of layers for {pipeline_model_parallel_size}, or say "
        "{decoder_last_pipeline_num_layers}",
    .source =
        "arguments.py:validate_args; earlier releases built the rest away without a word "
        "(NVIDIA/Megatron-LM issue 1304)",
    .valid_of = [](const Args& a) -> Values {
      const std::int64_t layers = DealtLayers(a);
      return DivisorsOf(layers);
    },
    .fails =
        "gpt --num-layers 30 --pipeline-model-parallel-size 4 !--num-layers-per-virtual-"
        "pipeline-stage --expert-model-parallel-size 1",
    .passes =
        "gpt --num-layers 32 --pipeline-model-parallel-size 4 !--num-layers-per-virtual-"
        "pipeline-stage --expert-model-parallel-size 1",
};

}  // namespace nam56r::dialect::rules
