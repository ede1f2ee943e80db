#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/layout/stages_divide_layers.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kChunksDivideLayers = {
    .code = "POLICY1015",
    .title = "Layers lost between virtual stages",
    .dests = {"num_layers_per_virtual_pipeline_stage", "pipeline_model_parallel_size",
              "num_layers"},
    .refuses =
        [](const Args& a, const Args&) {
          const std::int64_t each = a.Int("num_layers_per_virtual_pipeline_stage");
          if (each <= 0 || Pp(a) <= 0 || !a.IsNull("num_virtual_stages_per_pipeline_rank")) {
            return false;
          }
          if (StagesShareUnevenly(a)) return false;  // POLICY1008
          return DealtLayers(a) % Pp(a) != 0 || DealtLayers(a) / Pp(a) % each != 0;
        },
    .why = "deals the layers to chunks of one size",
    .fix =
        "choose a divisor of the layers of a stage for "
        "{num_layers_per_virtual_pipeline_stage}, or another {num_layers}",
    .source =
        "arguments.py:validate_args; earlier releases built the rest away without a word "
        "(NVIDIA/Megatron-LM issue 468, pull request 326)",
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args& a) -> Values {
      const std::int64_t layers = DealtLayers(a);
      if (Divides(Pp(a), layers)) return DivisorsOf(layers / Pp(a));
      return {"none while " + std::to_string(Pp(a)) + " stages share " + std::to_string(layers) +
              " layers"};
    },
    .fails =
        "gpt --num-layers 80 --pipeline-model-parallel-size 4 --num-layers-per-virtual-"
        "pipeline-stage 8 --expert-model-parallel-size 1",
    .passes =
        "gpt --num-layers 80 --pipeline-model-parallel-size 4 --num-layers-per-virtual-"
        "pipeline-stage 10 --expert-model-parallel-size 1",
};

}  // namespace nam56r::dialect::rules
