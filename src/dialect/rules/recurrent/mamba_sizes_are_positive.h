#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/mamba.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kMambaSizesArePositive = {
    .code = "PLAN1501",
    .title = "Mamba-2 of no width",
    .dests = {"mamba_state_dim", "mamba_head_dim", "mamba_num_groups", "mamba_num_heads"},
    .refuses =
        [](const Args& a, const Args&) {
          return Mamba(a) && (a.Int("mamba_state_dim", 1) <= 0 || a.Int("mamba_head_dim", 1) <= 0 ||
                              a.Int("mamba_num_groups", 1) <= 0 ||
                              (!a.IsNull("mamba_num_heads") && a.Int("mamba_num_heads") <= 0));
        },
    .why = "wants a state, heads and groups in a layer M",
    .fix = "give sizes of 1 and more",
    .source = "mamba_mixer.py:MambaMixer.__init__",
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args&) -> Values { return AtLeast(1); },
    .fails = "--mamba-state-dim 0",
    .passes = "--mamba-state-dim 128",
};

}  // namespace nam56r::dialect::rules
