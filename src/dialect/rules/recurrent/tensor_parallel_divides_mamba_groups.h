#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/mamba.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kTensorParallelDividesMambaGroups = {
    .code = "PLAN1504",
    .title = "Mamba-2 groups that TP does not divide",
    .dests = {"mamba_num_groups", "tensor_model_parallel_size"},
    .refuses =
        [](const Args& a, const Args&) {
          return Mamba(a) && a.Int("mamba_num_groups") > 0 && Tp(a) > 0 &&
                 a.Int("mamba_num_groups") % Tp(a) != 0;
        },
    .why = "shares the groups of a layer M over the TP ranks and stops while it builds the model",
    .fix = "choose a multiple of {tensor_model_parallel_size} for {mamba_num_groups}",
    .source = "mamba_mixer.py:MambaMixer.__init__",
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args& a) -> Values { return DivisorsOf(MambaHeads(a), Tp(a)); },
    .fails = "--tensor-model-parallel-size 4 --sequence-parallel --mamba-num-groups 2",
    .passes = "--tensor-model-parallel-size 4 --sequence-parallel --mamba-num-groups 4",
};

}  // namespace nam56r::dialect::rules
