#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kContextParallelSharesHeads = {
    .code = "PLAN1031",
    .title = "Attention heads that context parallelism by exchange cannot share",
    .dests = {"num_attention_heads", "num_query_groups", "cp_comm_type", "context_parallel_size",
              "tensor_model_parallel_size"},
    .refuses =
        [](const Args& a, const Args&) {
          if (Cp(a) <= 1 || !a.Lists("cp_comm_type", "a2a")) return false;
          const std::int64_t ranks = Product(Tp(a), Cp(a));
          if (ranks <= 0) return false;
          const bool groups = a.On("group_query_attention") && !a.On("multi_latent_attention");
          return a.Int("num_attention_heads") % ranks != 0 ||
                 (groups && a.Int("num_query_groups") % ranks != 0);
        },
    .why = "gives every CP rank whole heads where a2a exchanges them, and query groups too",
    .fix = "choose another {cp_comm_type}, or a multiple of TP * CP for {num_attention_heads}",
    .source = "Transformer Engine, context_parallel.py:AttnFuncWithCPAndQKVOA2A.forward",
    .stage = Stage::kRun,
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args& a) -> Values {
      return DivisorsOf(a.Int("hidden_size"), Product(Tp(a), Cp(a)));
    },
    .fails = "--context-parallel-size 8 --cp-comm-type a2a",
    .passes = "--context-parallel-size 4 --cp-comm-type a2a",
};

}  // namespace nam56r::dialect::rules
