#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/mamba.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kContextParallelAndMambaGroups = {
    .code = "PLAN1508",
    .title = "Mamba-2 groups that CP can neither share nor repeat",
    .dests = {"mamba_num_groups", "context_parallel_size", "tensor_model_parallel_size"},
    .refuses =
        [](const Args& a, const Args&) {
          if (!Mamba(a) || Cp(a) <= 1 || !Divides(Tp(a), a.Int("mamba_num_groups"))) return false;
          const std::int64_t groups = a.Int("mamba_num_groups") / Tp(a);
          return groups > 0 && groups % Cp(a) != 0 && Cp(a) % groups != 0;
        },
    .why = "shares the groups of a layer M over the CP ranks, or repeats each on several of them",
    .fix =
        "choose {mamba_num_groups} that are TP times a multiple or a divisor of "
        "{context_parallel_size}",
    .source = "mamba_context_parallel.py:MambaContextParallel.__init__",
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args& a) -> Values {
      Values groups;
      constexpr std::int64_t kMost = 1024;
      for (std::int64_t n = 1;
           n <= std::min(MambaHeads(a) / std::max<std::int64_t>(Tp(a), 1), kMost); ++n) {
        if (MambaHeads(a) % Product(n, Tp(a)) == 0 && (n % Cp(a) == 0 || Cp(a) % n == 0)) {
          groups.push_back(std::to_string(n * Tp(a)));
        }
      }
      if (groups.empty()) return {"none with these heads"};
      return groups;
    },
    .fails = "--context-parallel-size 4 --mamba-num-heads 48 --mamba-num-groups 6",
    .passes = "--context-parallel-size 4 --mamba-num-heads 48 --mamba-num-groups 8",
};

}  // namespace nam56r::dialect::rules
