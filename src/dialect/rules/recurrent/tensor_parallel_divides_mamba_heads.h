#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/mamba.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kTensorParallelDividesMambaHeads = {
    .code = "PLAN1503",
    .title = "Mamba-2 heads that TP does not divide",
    .dests = {"mamba_num_heads", "tensor_model_parallel_size"},
    .refuses =
        [](const Args& a, const Args&) {
          return Mamba(a) && MambaHeads(a) > 0 && Tp(a) > 0 && MambaHeads(a) % Tp(a) != 0;
        },
    .why = "shares the heads of a layer M over the TP ranks and stops while it builds the model",
    .fix = "choose a multiple of {tensor_model_parallel_size} for {mamba_num_heads}",
    .source = "mamba_mixer.py:MambaMixer.__init__",
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args& a) -> Values {
      return MultiplesNear(MambaHeads(a),
                           Product(std::max<std::int64_t>(a.Int("mamba_num_groups"), 1), Tp(a)));
    },
    .fails =
        "--tensor-model-parallel-size 4 --sequence-parallel --mamba-num-heads 42 --mamba-num-"
        "groups 2",
    .passes = "--tensor-model-parallel-size 4 --sequence-parallel --mamba-num-heads 48",
};

}  // namespace nam56r::dialect::rules
