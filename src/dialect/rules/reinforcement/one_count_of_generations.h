#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/reinforcement.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOneCountOfGenerations = {
    .code = "POLICY2718",
    .title = "Generations in flight counted in several ways",
    .dests = {"rl_num_parallel_generations", "rl_parallel_generation_tasks",
              "rl_num_parallel_generation_batches"},
    .refuses =
        [](const Args& a, const Args& raw) {
          return Reinforces(a) &&
                 (raw.IsNull("rl_num_parallel_generations") ? 0 : 1) +
                         (raw.IsNull("rl_parallel_generation_tasks") ? 0 : 1) +
                         (raw.IsNull("rl_num_parallel_generation_batches") ? 0 : 1) >
                     1;
        },
    .why = "counts generations in flight in one way",
    .fix = "keep {rl_num_parallel_generations}",
    .valid = "not given",
    .source = kValidate,
    .releases = {.since = 17, .until = 18},
    .reach = Reach::kCommandLine,
    .fails =
        "--perform-rl-step --rl-partial-rollouts --rl-num-parallel-generations 8 "
        "--rl-num-parallel-generation-batches 2",
    .passes = "--perform-rl-step --rl-partial-rollouts --rl-num-parallel-generations 8",
};

}  // namespace nam56r::dialect::rules
