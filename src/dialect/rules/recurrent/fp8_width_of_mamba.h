#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/mamba.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kFp8WidthOfMamba = {
    .code = "PLAN1506",
    .title = "A Mamba-2 projection that FP8 cannot take",
    .dests = {"mamba_num_heads", "mamba_head_dim", "mamba_num_groups", "mamba_state_dim", "fp8"},
    .refuses =
        [](const Args& a, const Args&) {
          return Mamba(a) && a.On("fp8") && MambaProjectionModulo16(a) != 0;
        },
    .why =
        "wants 2 * heads * head size + 2 * groups * state + heads to be a multiple of 16 in a"
        " layer M under FP8",
    .fix = "choose a multiple of 16 for {mamba_num_heads}",
    .source = "mamba_mixer.py:MambaMixer.__init__",
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args& a) -> Values { return MultiplesNear(MambaHeads(a), 16); },
    .fails = "--fp8-format hybrid --fp8-recipe tensorwise --mamba-num-heads 56",
    .passes = "--fp8-format hybrid --fp8-recipe tensorwise --mamba-num-heads 64",
};

}  // namespace nam56r::dialect::rules
