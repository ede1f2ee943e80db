#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kInterleavingNeedsStages = {
    .code = "POLICY1006",
    .dests = {"num_virtual_stages_per_pipeline_rank", "pipeline_model_parallel_size",
              "hybrid_layer_pattern"},
    .refuses = [](const Args& a, const Args&) { return VirtualStages(a) > 1 && Pp(a) <= 1; },
    .why = "interleaves the chunks of two stages and more",
    .fix = "set {pipeline_model_parallel_size} to 2 or more",
    .valid = "1",
    .source = kValidate,
};

}  // namespace nam56r::dialect::rules
