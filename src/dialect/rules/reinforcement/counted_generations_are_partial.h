#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/reinforcement.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kCountedGenerationsArePartial = {
    .code = "POLICY2719",
    .title = "Generations in flight without partial rollouts",
    .dests = {"rl_num_parallel_generations", "rl_parallel_generation_tasks",
              "rl_num_parallel_generation_batches", "rl_partial_rollouts"},
    .refuses =
        [](const Args& a, const Args& raw) {
          return Reinforces(a) && !a.On("rl_partial_rollouts") &&
                 (!raw.IsNull("rl_num_parallel_generations") ||
                  !raw.IsNull("rl_parallel_generation_tasks") ||
                  !raw.IsNull("rl_num_parallel_generation_batches"));
        },
    .why = "has a number of generations in flight under partial rollouts only",
    .fix = "give {rl_partial_rollouts}",
    .valid = "not given",
    .source = kValidate,
    .releases = {.since = 17, .until = 18},
    .reach = Reach::kCommandLine,
    .fails = "--perform-rl-step --rl-num-parallel-generations 8",
    .passes = "--perform-rl-step --rl-partial-rollouts --rl-num-parallel-generations 8",
};

}  // namespace nam56r::dialect::rules
