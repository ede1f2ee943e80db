#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kInterleavingNeedsStages = {
    .code = "POLICY1006",
    .title = "Virtual stages without pipeline stages",
    .dests = {"num_virtual_stages_per_pipeline_rank", "pipeline_model_parallel_size",
              "hybrid_layer_pattern"},
    .refuses = [](const Args& a, const Args&) { return VirtualStages(a) > 1 && Pp(a) <= 1; },
    .why = "interleaves the chunks of two stages and more",
    .fix = "set {pipeline_model_parallel_size} to 2 or more, or take the chunks away",
    .valid = "1",
    .source = kValidate,
    .fails = "gpt --pipeline-model-parallel-size 1",
    .passes = "gpt --pipeline-model-parallel-size 1 !--num-layers-per-virtual-pipeline-stage",
};

}  // namespace nam56r::dialect::rules
