#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/pipeline_layout.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kLayoutBeginsAndEnds = {
    .code = "POLICY1020",
    .title = "A pipeline layout without embedding or loss at its ends",
    .dests = {"pipeline_model_parallel_layout"},
    .refuses =
        [](const Args& a, const Args&) {
          const auto stages = KnownLayout(a);
          if (!stages) return false;
          std::string flat;
          for (const std::string& stage : *stages) flat += stage;
          return !flat.starts_with('E') || !flat.ends_with('L') ||
                 CountInLayout(*stages, 'E') != 1 || CountInLayout(*stages, 'L') != 1;
        },
    .why = "wants one embedding as the first and one loss as the last letter of a layout",
    .fix = "begin {pipeline_model_parallel_layout} with E and end it with L",
    .valid = "E...L",
    .source = "pipeline_parallel_layer_layout.py:validate_layer_layout",
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails =
        "gpt --pipeline-model-parallel-layout t*8|Et*8L !--num-layers-per-virtual-pipeline-"
        "stage",
    .passes =
        "gpt --pipeline-model-parallel-layout Et*8|t*8L !--num-layers-per-virtual-pipeline-"
        "stage",
};

}  // namespace nam56r::dialect::rules
