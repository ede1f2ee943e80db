#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/pipeline_layout.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kLayoutCountsLayers = {
    .code = "POLICY1021",
    .title = "A pipeline layout with another number of layers",
    .dests = {"pipeline_model_parallel_layout", "num_layers"},
    .refuses =
        [](const Args& a, const Args&) {
          const auto stages = KnownLayout(a);
          return stages.has_value() && !a.IsNull("num_layers") &&
                 CountInLayout(*stages, 't') != a.Int("num_layers");
        },
    .why = "counts the letters t of a layout, and they are not as many as the layers",
    .fix = "write as many letters t into {pipeline_model_parallel_layout} as {num_layers} says",
    .source = "pipeline_parallel_layer_layout.py:validate_layer_layout",
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args& a) -> Values {
      return {std::to_string(a.Int("num_layers")) + " letters t"};
    },
    .fails =
        "gpt --pipeline-model-parallel-layout Et*8|t*7L !--num-layers-per-virtual-pipeline-"
        "stage",
    .passes =
        "gpt --pipeline-model-parallel-layout Et*8|t*8L !--num-layers-per-virtual-pipeline-"
        "stage",
};

}  // namespace nam56r::dialect::rules
