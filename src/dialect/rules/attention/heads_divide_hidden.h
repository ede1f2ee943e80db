#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline std::vector<std::string> DivisorsOfHidden(const Args& a) {
  std::vector<std::string> divisors;
  const std::int64_t hidden = a.Int("hidden_size");
  constexpr std::int64_t kMostHeads = 1024;
  for (std::int64_t d = 1; d <= std::min(hidden, kMostHeads); ++d) {
    if (hidden % d == 0) divisors.push_back(std::to_string(d));
  }
  return divisors;
}

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
    .valid_of = DivisorsOfHidden,
    .fails = "--num-attention-heads 27",
    .passes = "--num-attention-heads 28",
};

}  // namespace nam56r::dialect::rules
