#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/reinforcement.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kGenerationsFillGroups = {
    .code = "POLICY2720",
    .title = "Generations in flight that do not fill groups",
    .dests = {"rl_num_parallel_generations", "grpo_group_size"},
    .refuses =
        [](const Args& a, const Args&) {
          return Reinforces(a) && !a.IsNull("rl_num_parallel_generations") &&
                 (a.Int("grpo_group_size") == 0 ||
                  a.Int("rl_num_parallel_generations") % a.Int("grpo_group_size") != 0);
        },
    .why = "generates whole groups of samples",
    .fix = "choose a multiple of {grpo_group_size}",
    .valid = "multiples of the size of a group",
    .source = kValidate,
    .releases = {.since = 17, .until = 18},
    .reach = Reach::kCommandLine,
    .fails = "--perform-rl-step --rl-partial-rollouts --rl-num-parallel-generations 7",
    .passes = "--perform-rl-step --rl-partial-rollouts --rl-num-parallel-generations 8",
};

}  // namespace nam56r::dialect::rules
