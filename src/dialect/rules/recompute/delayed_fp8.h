#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kDelayedFp8 = {
    .code = "POLICY1706",
    .title = "Recompute of moe_act or layernorm under delayed FP8 scaling",
    .dests = {"recompute_modules", "fp8_recipe"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("fp8") && a.Is("fp8_recipe", "delayed") &&
                 (Recomputes(a, "moe_act") || Recomputes(a, "layernorm"));
        },
    .why = "cannot recompute moe_act and layernorm under delayed FP8 scaling",
    .fix = "choose tensorwise for {fp8_recipe}, or remove the two",
    .valid = "the same without moe_act and layernorm",
    .source = kConfig,
    .stage = Stage::kBuild,
    .fails =
        "--mamba-num-heads 64 --fp8-format hybrid --fp8-recipe delayed --recompute-granularity "
        "selective --recompute-modules moe_act mlp",
    .passes =
        "--mamba-num-heads 64 --fp8-format hybrid --fp8-recipe tensorwise --recompute-granularity "
        "selective --recompute-modules moe_act mlp",
};

}  // namespace nam56r::dialect::rules
