#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kBf16LayersAtEnd = {
    .code = "POLICY1907",
    .title = "More last layers in BF16 than a stage has",
    .dests = {"num_layers_at_end_in_bf16", "pipeline_model_parallel_size"},
    .refuses = [](const Args& a,
                  const Args&) { return BeyondStage(a, "num_layers_at_end_in_bf16"); },
    .why = "keeps at most the layers of one stage in BF16",
    .fix = "lower {num_layers_at_end_in_bf16}",
    .source = kConfig,
    .stage = Stage::kBuild,
    .valid_of = UpToStage,
    .fails =
        "--mamba-num-heads 64 --fp8-format hybrid --fp8-recipe tensorwise --first-last-layers-bf16 "
        "--num-layers-at-end-in-bf16 53",
    .passes =
        "--mamba-num-heads 64 --fp8-format hybrid --fp8-recipe tensorwise --first-last-layers-bf16 "
        "--num-layers-at-end-in-bf16 2",
};

}  // namespace nam56r::dialect::rules
