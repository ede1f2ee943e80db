#pragma once

#include "src/dialect/rules/execution_facts.h"

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
    .source = kConfig,
    .stage = Stage::kBuild,
    .valid_of =
        [](const Args& a) {
          return Without(a, "recompute_modules", {"moe_act", "layernorm"});
        },
    .fails =
        "--mamba-num-heads 64 --fp8-format hybrid --fp8-recipe delayed --recompute-granularity "
        "selective --recompute-modules moe_act mlp",
    .passes =
        "--mamba-num-heads 64 --fp8-format hybrid --fp8-recipe tensorwise --recompute-granularity "
        "selective --recompute-modules moe_act mlp",
};

}  // namespace nam56r::dialect::rules
