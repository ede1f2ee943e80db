#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/pipeline_layout.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kLayoutLetters = {
    .code = "POLICY1018",
    .title = "A pipeline layout with unknown letters",
    .dests = {"pipeline_model_parallel_layout"},
    .refuses =
        [](const Args& a, const Args&) {
          if (a.Text("pipeline_model_parallel_layout").empty()) return false;
          const auto stages = StagesOfLayout(a.Text("pipeline_model_parallel_layout"));
          return stages.has_value() && !KnownLayout(a);
        },
    .why =
        "reads a layout of E (embedding), t (layer), m (MTP block) and L (loss) between '|', "
        "repeated as t*3 or (t|)*3; a shell's backslashes are letters to it",
    .fix = "write {pipeline_model_parallel_layout} with those letters alone",
    .valid = "E|L|t|m",
    .source = "pipeline_parallel_layer_layout.py:parse_str_to_list",
    .reach = Reach::kCommandLine,
    .fails = "gpt --pipeline-model-parallel-layout Ed*16L !--num-layers-per-virtual-pipeline-stage",
    .passes =
        "gpt --pipeline-model-parallel-layout Et*8|t*8L !--num-layers-per-virtual-pipeline-"
        "stage",
};

}  // namespace nam56r::dialect::rules
