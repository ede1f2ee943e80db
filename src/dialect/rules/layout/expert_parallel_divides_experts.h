#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

inline bool ExpertRanksShareUnevenly(const Args& a) {
  const std::int64_t ep = a.Int("expert_model_parallel_size", 1);
  return ep > 1 && !a.IsNull("num_experts") && a.Int("num_experts") % ep != 0;
}

inline constexpr ArgumentRule kExpertParallelDividesExperts = {
    .code = "POLICY1005",
    .title = "Experts that EP does not divide",
    .dests = {"expert_model_parallel_size", "num_experts"},
    .refuses = [](const Args& a, const Args&) { return ExpertRanksShareUnevenly(a); },
    .why = "deals the same number of experts to every EP rank",
    .fix = "choose a divisor of {num_experts} for {expert_model_parallel_size}",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args& a) -> Values { return DivisorsOf(a.Int("num_experts")); },
    .fails = "--expert-model-parallel-size 8 --num-experts 12",
    .passes = "--expert-model-parallel-size 8 --num-experts 24",
};

}  // namespace nam56r::dialect::rules
