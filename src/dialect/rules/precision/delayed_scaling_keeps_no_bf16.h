#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline bool Bf16Edges(const Args& a) { return a.On("fp8") && a.On("first_last_layers_bf16"); }

inline constexpr ArgumentRule kDelayedScalingKeepsNoBf16 = {
    .code = "POLICY1905",
    .title = "Layers in BF16 under delayed FP8 scaling",
    .dests = {"fp8_recipe", "first_last_layers_bf16"},
    .refuses = [](const Args& a,
                  const Args&) { return Bf16Edges(a) && a.Is("fp8_recipe", "delayed"); },
    .why = "keeps no layers in BF16 under delayed scaling",
    .fix = "choose another {fp8_recipe}, or no BF16 layers",
    .valid = "\"tensorwise\"|\"blockwise\"|\"mxfp8\"",
    .source = kConfig,
    .stage = Stage::kBuild,
    .fails =
        "--mamba-num-heads 64 --fp8-format hybrid --fp8-recipe delayed --first-last-layers-bf16",
    .passes =
        "--mamba-num-heads 64 --fp8-format hybrid --fp8-recipe tensorwise --first-last-layers-bf16",
};

}  // namespace nam56r::dialect::rules
