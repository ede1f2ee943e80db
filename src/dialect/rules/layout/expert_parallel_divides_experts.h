#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kExpertParallelDividesExperts = {
    .code = "POLICY1005",
    .dests = {"expert_model_parallel_size", "num_experts"},
    .refuses =
        [](const Args& a, const Args&) {
          const std::int64_t ep = a.Int("expert_model_parallel_size", 1);
          return ep > 1 && !a.IsNull("num_experts") && a.Int("num_experts") % ep != 0;
        },
    .why = "deals the same number of experts to every EP rank",
    .fix = "choose a divisor of {num_experts}",
    .valid = "divisors of the number of experts",
    .source = kValidate,
    .reach = Reach::kCommandLine,
};

}  // namespace nam56r::dialect::rules
