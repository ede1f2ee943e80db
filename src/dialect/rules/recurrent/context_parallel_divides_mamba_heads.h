#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/mamba.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kContextParallelDividesMambaHeads = {
    .code = "PLAN1507",
    .title = "Mamba-2 heads that TP * CP does not divide",
    .dests = {"mamba_num_heads", "context_parallel_size", "tensor_model_parallel_size"},
    .refuses =
        [](const Args& a, const Args&) {
          return Mamba(a) && Cp(a) > 1 && Divides(Tp(a), MambaHeads(a)) &&
                 MambaHeads(a) / Tp(a) % Cp(a) != 0;
        },
    .why = "gives every CP rank whole heads of a layer M and stops while it builds the model",
    .fix = "choose a multiple of TP * CP for {mamba_num_heads}",
    .source = "mamba_context_parallel.py:MambaContextParallel.__init__",
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args& a) -> Values {
      return MultiplesNear(
          MambaHeads(a),
          Product(Product(Tp(a), Cp(a)), std::max<std::int64_t>(a.Int("mamba_num_groups"), 1)));
    },
    .fails = "--context-parallel-size 4 --mamba-num-heads 42 --mamba-num-groups 2",
    .passes = "--context-parallel-size 4 --mamba-num-heads 48",
};

}  // namespace nam56r::dialect::rules
