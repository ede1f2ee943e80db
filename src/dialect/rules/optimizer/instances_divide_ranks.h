#pragma once

#include "src/dialect/rules/execution_facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kInstancesDivideRanks = {
    .code = "POLICY2016",
    .title = "Instances that do not divide the data-parallel ranks",
    .dests = {"num_distributed_optimizer_instances", "tensor_model_parallel_size",
              "expert_model_parallel_size"},
    .refuses =
        [](const Args& a, const Args&) {
          const std::int64_t instances = a.Int("num_distributed_optimizer_instances", 1);
          if (instances <= 1) return instances < 1;
          return DataParallel(a) * Cp(a) % instances != 0 ||
                 (Experts(a) && ExpertDataParallel(a) % instances != 0);
        },
    .why = "gives each instance as many data-parallel ranks, and as many expert data-parallel ones",
    .fix = "choose another number of instances",
    .source = "parallel_state.py:initialize_model_parallel",
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args& a) -> std::vector<std::string> {
      const std::int64_t ranks = DataParallel(a) * Cp(a);
      std::vector<std::string> valid;
      for (std::int64_t n = 1; n <= std::min<std::int64_t>(ranks, 64); ++n) {
        if (ranks % n == 0 && (!Experts(a) || ExpertDataParallel(a) % n == 0))
          valid.push_back(std::to_string(n));
      }
      return valid;
    },
    .fails = "--num-distributed-optimizer-instances 3",
    .passes = "--num-distributed-optimizer-instances 2",
};

}  // namespace nam56r::dialect::rules
