#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/pipeline_layout.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kLayoutCountsBlocks = {
    .code = "POLICY1608",
    .title = "A pipeline layout with another number of MTP blocks",
    .dests = {"pipeline_model_parallel_layout", "mtp_num_layers"},
    .refuses =
        [](const Args& a, const Args&) {
          const auto stages = KnownLayout(a);
          return stages.has_value() && CountInLayout(*stages, 'm') != a.Int("mtp_num_layers");
        },
    .why = "counts the letters m of a layout, and they are not as many as the MTP depth",
    .fix =
        "write as many letters m into {pipeline_model_parallel_layout} as {mtp_num_layers} "
        "says",
    .source = "pipeline_parallel_layer_layout.py:validate_layer_layout",
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args& a) -> Values {
      return {std::to_string(a.Int("mtp_num_layers")) + " letters m"};
    },
    .fails =
        "gpt --mtp-num-layers 1 --pipeline-model-parallel-layout Et*8|t*8L !--num-layers-per-"
        "virtual-pipeline-stage",
    .passes =
        "gpt --mtp-num-layers 1 --pipeline-model-parallel-layout Et*8|t*8mL !--num-layers-"
        "per-virtual-pipeline-stage",
};

}  // namespace nam56r::dialect::rules
