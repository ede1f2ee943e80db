#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/reinforcement.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kIntervalsHoldRounds = {
    .code = "POLICY2711",
    .title = "Saving or leaving within a round of samples",
    .dests = {"save_interval", "exit_interval", "global_batch_size", "grpo_prompts_per_step",
              "grpo_group_size", "grpo_iterations"},
    .refuses =
        [](const Args& a, const Args&) {
          if (!Reinforces(a)) return false;
          const std::int64_t steps = StepsARound(a);
          const auto within = [&](std::int64_t interval) {
            return steps == 0 || interval % steps != 0;
          };
          return (!a.IsNull("exit_interval") && within(a.Int("exit_interval"))) ||
                 (!a.IsNull("save_interval") && within(a.Int("save_interval")));
        },
    .why = "saves and leaves when the samples of a round are used up only",
    .fix = "choose a multiple of the steps of a round",
    .valid = "multiples of the steps of a round",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--perform-rl-step --save-interval 3",
    .passes = "--perform-rl-step --save-interval 4",
};

}  // namespace nam56r::dialect::rules
