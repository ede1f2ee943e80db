#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

inline bool GroupsAndRanksShareUnevenly(const Args& a) {
  const std::int64_t groups = a.Int("num_query_groups");
  return a.On("group_query_attention") && groups > 0 && Tp(a) > 0 && groups % Tp(a) != 0 &&
         Tp(a) % groups != 0;
}

inline constexpr ArgumentRule kTensorParallelAndQueryGroups = {
    .code = "PLAN1003",
    .title = "Query groups that TP cannot share",
    .dests = {"num_query_groups", "tensor_model_parallel_size"},
    .refuses = [](const Args& a, const Args&) { return GroupsAndRanksShareUnevenly(a); },
    .why = "shares query groups over the TP ranks, or ranks over the groups",
    .fix = "choose groups that are a multiple or a divisor of {tensor_model_parallel_size}",
    .source = kConfig,
    .stage = Stage::kBuild,
    .valid_of = [](const Args& a) -> Values {
      Values groups;
      constexpr std::int64_t kMost = 1024;
      for (std::int64_t n = 1; n <= std::min(a.Int("num_attention_heads"), kMost); ++n) {
        if (a.Int("num_attention_heads") % n == 0 && (n % Tp(a) == 0 || Tp(a) % n == 0)) {
          groups.push_back(std::to_string(n));
        }
      }
      if (groups.empty()) return {"multiples and divisors of " + std::to_string(Tp(a))};
      return groups;
    },
    .fails = "gpt --group-query-attention --num-query-groups 3",
    .passes = "gpt --group-query-attention --num-query-groups 4",
};

}  // namespace nam56r::dialect::rules
