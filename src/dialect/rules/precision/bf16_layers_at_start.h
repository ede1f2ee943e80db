#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kBf16LayersAtStart = {
    .code = "POLICY1906",
    .dests = {"num_layers_at_start_in_bf16", "pipeline_model_parallel_size"},
    .refuses = [](const Args& a,
                  const Args&) { return BeyondStage(a, "num_layers_at_start_in_bf16"); },
    .why = "keeps at most the layers of one stage in BF16",
    .fix = "lower {num_layers_at_start_in_bf16}",
    .source = kConfig,
    .stage = Stage::kBuild,
    .valid_of = UpToStage,
};

}  // namespace nam56r::dialect::rules
