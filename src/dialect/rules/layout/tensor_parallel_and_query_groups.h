#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kTensorParallelAndQueryGroups = {
    .code = "PLAN1003",
    .dests = {"num_query_groups", "tensor_model_parallel_size"},
    .refuses =
        [](const Args& a, const Args&) {
          const std::int64_t groups = a.Int("num_query_groups");
          return a.On("group_query_attention") && groups > 0 && Tp(a) > 0 && groups % Tp(a) != 0 &&
                 Tp(a) % groups != 0;
        },
    .why = "shares query groups over the TP ranks, or ranks over the groups",
    .fix = "choose groups that are a multiple or a divisor of {tensor_model_parallel_size}",
    .valid = "multiples and divisors of TP",
    .source = kConfig,
    .stage = Stage::kBuild,
};

}  // namespace nam56r::dialect::rules
