#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kHeadsAreTold = {
    .code = "PLAN1313",
    .title = "A model without attention heads",
    .dests = {"num_attention_heads"},
    .refuses =
        [](const Args& a, const Args& raw) {
          return raw.IsNull("kv_channels") && a.Int("num_attention_heads", 0) <= 0;
        },
    .why = "divides the hidden size by the heads",
    .fix = "give {num_attention_heads}",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args& a) -> Values { return DivisorsOf(a.Int("hidden_size")); },
    .fails = "gpt !--num-attention-heads",
    .passes = "gpt --num-attention-heads 16",
};

}  // namespace nam56r::dialect::rules
