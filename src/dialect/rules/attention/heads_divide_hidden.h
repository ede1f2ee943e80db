#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kHeadsDivideHidden = {
    .code = "PLAN1303",
    .title = "A hidden size that the heads do not divide",
    .dests = {"num_attention_heads", "hidden_size"},
    .refuses =
        [](const Args& a, const Args& raw) {
          const std::int64_t heads = a.Int("num_attention_heads");
          return raw.IsNull("kv_channels") && heads > 0 && a.Int("hidden_size") % heads != 0;
        },
    .why = "divides the hidden size by the heads, even where MLA has its own sizes",
    .fix = "choose a divisor of {hidden_size} for {num_attention_heads}, or give {kv_channels}",
    .source = kValidate,
    .valid_of = [](const Args& a) -> Values { return DivisorsOf(a.Int("hidden_size")); },
    .fails = "--num-attention-heads 27",
    .passes = "--num-attention-heads 28",
};

}  // namespace nam56r::dialect::rules
