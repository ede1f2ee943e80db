#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kGatedDeltaHeadsDivide = {
    .code = "PLAN1510",
    .title = "Heads of a gated delta network that do not divide",
    .dests = {"linear_num_value_heads", "linear_num_key_heads"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.Is("experimental_attention_variant", "gated_delta_net") &&
                 a.Int("linear_num_key_heads", 16) > 0 &&
                 a.Int("linear_num_value_heads", 32) % a.Int("linear_num_key_heads", 16) != 0;
        },
    .why = "gives each key head of a gated delta network the same number of value heads",
    .fix = "choose a multiple of {linear_num_key_heads} for {linear_num_value_heads}",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args& a) -> Values {
      return MultiplesNear(a.Int("linear_num_value_heads", 32), a.Int("linear_num_key_heads", 16));
    },
    .fails =
        "gpt --experimental-attention-variant gated_delta_net --linear-attention-freq 4 "
        "--linear-num-value-heads 24",
    .passes =
        "gpt --experimental-attention-variant gated_delta_net --linear-attention-freq 4 "
        "--linear-num-value-heads 48",
};

}  // namespace nam56r::dialect::rules
