#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/layout/tensor_parallel_and_query_groups.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kQueryGroupsDivideHeads = {
    .code = "PLAN1316",
    .title = "Attention heads that their groups do not divide",
    .dests = {"num_query_groups", "num_attention_heads", "group_query_attention"},
    .refuses =
        [](const Args& a, const Args&) {
          const std::int64_t groups = a.Int("num_query_groups");
          return a.On("group_query_attention") && groups > 0 &&
                 a.Int("num_attention_heads") % groups != 0 &&
                 !GroupsAndRanksShareUnevenly(a);  // PLAN1003
        },
    .why = "gives each query group the same number of heads",
    .fix = "choose a divisor of {num_attention_heads} for {num_query_groups}",
    .source = "attention.py:SelfAttention.get_query_key_value_tensors",
    .stage = Stage::kRun,
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args& a) -> Values { return DivisorsOf(a.Int("num_attention_heads")); },
    .fails = "gpt --group-query-attention --num-query-groups 6",
    .passes = "gpt --group-query-attention --num-query-groups 8",
};

}  // namespace nam56r::dialect::rules
