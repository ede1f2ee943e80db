#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/mamba.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kGroupsDivideMambaHeads = {
    .code = "PLAN1505",
    .title = "Mamba-2 heads that their groups do not divide",
    .dests = {"mamba_num_groups", "mamba_num_heads"},
    .refuses =
        [](const Args& a, const Args&) {
          return Mamba(a) && MambaHeads(a) > 0 && a.Int("mamba_num_groups") > 0 &&
                 MambaHeads(a) % a.Int("mamba_num_groups") != 0;
        },
    .why =
        "gives each group of a layer M the same number of heads and stops while it builds the"
        " model",
    .fix = "choose a divisor of the heads for {mamba_num_groups}",
    .source = "mamba_mixer.py:MambaMixer.__init__",
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args& a) -> Values { return DivisorsOf(MambaHeads(a)); },
    .fails = "--mamba-num-heads 57",
    .passes = "--mamba-num-heads 64",
};

}  // namespace nam56r::dialect::rules
