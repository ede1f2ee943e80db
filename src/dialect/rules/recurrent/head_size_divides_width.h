#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/mamba.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kHeadSizeDividesWidth = {
    .code = "PLAN1502",
    .title = "A Mamba-2 width that its heads do not divide",
    .dests = {"mamba_head_dim", "hidden_size", "mamba_num_heads"},
    .refuses =
        [](const Args& a, const Args&) {
          return Mamba(a) && a.IsNull("mamba_num_heads") && a.Int("mamba_head_dim", 64) > 0 &&
                 Product(2, a.Int("hidden_size")) % a.Int("mamba_head_dim", 64) != 0;
        },
    .why = "cuts twice the hidden size into heads where no number of heads is given",
    .fix =
        "choose a divisor of twice {hidden_size} for {mamba_head_dim}, or give "
        "{mamba_num_heads}",
    .source = "mamba_mixer.py:MambaMixer.__init__",
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args& a) -> Values {
      return DivisorsOf(Product(2, a.Int("hidden_size")));
    },
    .fails = "!--mamba-num-heads --mamba-head-dim 60",
    .passes = "!--mamba-num-heads --mamba-head-dim 64",
};

}  // namespace nam56r::dialect::rules
