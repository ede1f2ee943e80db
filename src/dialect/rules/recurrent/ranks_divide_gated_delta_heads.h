#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kRanksDivideGatedDeltaHeads = {
    .code = "PLAN1511",
    .title = "Heads of a gated delta network that the ranks do not divide",
    .dests = {"linear_num_key_heads", "linear_num_value_heads", "tensor_model_parallel_size",
              "context_parallel_size"},
    .refuses =
        [](const Args& a, const Args&) {
          if (!a.Is("experimental_attention_variant", "gated_delta_net")) return false;
          const std::int64_t ranks = a.minor() >= 18 ? Product(Tp(a), Cp(a)) : Tp(a);
          return ranks > 0 && (a.Int("linear_num_key_heads", 16) % ranks != 0 ||
                               a.Int("linear_num_value_heads", 32) % ranks != 0);
        },
    .why = "shares the heads of a gated delta network over the TP ranks, since 0.18 over TP * CP",
    .fix = "choose multiples of TP, since 0.18 of TP * CP",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args& a) -> Values {
      return MultiplesNear(a.Int("linear_num_key_heads", 16),
                           a.minor() >= 18 ? Product(Tp(a), Cp(a)) : Tp(a));
    },
    .fails =
        "gpt --experimental-attention-variant gated_delta_net --linear-attention-freq 4 "
        "--linear-num-key-heads 1 --linear-num-value-heads 1",
    .passes =
        "gpt --experimental-attention-variant gated_delta_net --linear-attention-freq 4 "
        "--linear-num-key-heads 16",
};

}  // namespace nam56r::dialect::rules
