#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kInterleavedHybrid = {
    .code = "POLICY1213",
    .title = "Virtual stages of a hybrid model",
    .dests = {"num_layers_per_virtual_pipeline_stage", "num_virtual_stages_per_pipeline_rank",
              "pipeline_model_parallel_layout", "hybrid_override_pattern"},
    .refuses = [](const Args& a,
                  const Args&) { return Hybrid(a) && Pp(a) > 1 && VirtualStages(a) > 1; },
    .why = "has no virtual stages of a hybrid model",
    .fix =
        "leave {num_layers_per_virtual_pipeline_stage} and "
        "{num_virtual_stages_per_pipeline_rank} out",
    .valid = "not given",
    .source = "mamba_block.py:MambaStack._select_layers_for_pipeline_parallel",
    .stage = Stage::kBuild,
    .releases = {.until = 16},
    .reach = Reach::kCommandLine,
    .fails = "--pipeline-model-parallel-size 2 --num-layers-per-virtual-pipeline-stage 13",
    .passes = "--pipeline-model-parallel-size 2 --no-rope-fusion",
};

}  // namespace nam56r::dialect::rules
